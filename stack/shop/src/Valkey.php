<?php

declare(strict_types=1);

namespace Shop;

/** The connection to Valkey, where the stack has one (`CACHE`, host:port). */
final class Valkey
{
    private const CONNECT_SECONDS = 0.5;
    private const READ_SECONDS = 1.0;
    private static ?\Redis $connection = null;
    private static ?\RedisException $failed = null;

    public static function isThere(): bool
    {
        return !in_array(getenv('CACHE'), [false, '', 'none'], true);
    }

    /**
     * Asks it something. What failed once is not tried again in this request: a visitor waits for it only once.
     *
     * @template T
     * @param callable(\Redis): T $question
     * @return T
     * @throws \RedisException
     */
    public static function ask(callable $question): mixed
    {
        if (self::$failed !== null) {
            throw self::$failed;
        }
        try {
            return $question(self::$connection ??= self::connect());
        } catch (\RedisException $problem) {
            self::$failed = $problem;
            // A late answer must not be taken for that to another visitor's question.
            self::$connection?->close();
            self::$connection = null;
            throw $problem;
        }
    }

    /** Persistent, as to the database: a process of the pool keeps its connection. */
    private static function connect(): \Redis
    {
        [$host, $port] = explode(':', (string) getenv('CACHE'), 2);
        $connection = new \Redis();
        $connection->pconnect($host, (int) $port, self::CONNECT_SECONDS, 'shop', 0, self::READ_SECONDS);

        return $connection;
    }
}
