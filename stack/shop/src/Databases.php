<?php

declare(strict_types=1);

namespace Shop;

use PDO;
use PDOException;

/**
 * Two databases (`DB_REPLICA`, host:port, is the second one) of which one takes writes at a time: which one is found out
 * by asking, and remembered for all processes of this server.
 */
final class Databases
{
    private const LEADER = '/tmp/database-leader';
    private const AWAY = '/tmp/database-away';
    /** For so long none of the two may take writes before a visitor is told so: a fail-over takes less. Seconds. */
    private const PATIENCE = 3.0;
    private const PAUSE_MICROS = 50_000;
    /** One that is read from and did not answer is left alone for so long. Seconds. */
    private const LEFT_ALONE = 2;
    /**
     * Fails on a server that takes no writes, and the connection with it: a subquery may not have two rows. It is asked
     * once for each connection, because a server that stops taking writes ends its connections.
     */
    private const TAKES_WRITES = '@takes_writes = IF(@@GLOBAL.read_only, (SELECT 1 UNION SELECT 2), 1)';

    public static function areTwo(): bool
    {
        return !in_array(getenv('DB_REPLICA'), [false, '', 'none'], true);
    }

    /** A connection to the one that takes writes; while none does, it is waited for. */
    public static function writable(): PDO
    {
        $until = microtime(true) + self::PATIENCE;
        while (true) {
            [$leader, $other] = self::both();
            try {
                return Database::open($leader, 'leader', self::TAKES_WRITES);
            } catch (PDOException) {
                // It is away, or has become the other's replica.
            }
            try {
                $connection = Database::open($other, 'leader', self::TAKES_WRITES);
                self::write(self::LEADER, $other);

                return $connection;
            } catch (PDOException $problem) {
                if (microtime(true) >= $until) {
                    throw $problem;
                }
            }
            usleep(self::PAUSE_MICROS);
        }
    }

    /** A connection to the other one. */
    public static function readable(): PDO
    {
        return Database::open(self::both()[1], 'follower', null);
    }

    /** Whether it is worth while to ask the other one. */
    public static function otherIsThere(): bool
    {
        return self::areTwo() && time() >= (int) self::read(self::AWAY);
    }

    /** The other one did not answer. */
    public static function otherIsAway(): void
    {
        self::write(self::AWAY, (string) (time() + self::LEFT_ALONE));
    }

    /** @return array{string, string} the one that took writes last, and the other one */
    private static function both(): array
    {
        $first = getenv('DB_HOST') . ':' . getenv('DB_PORT');
        $second = (string) getenv('DB_REPLICA');

        return self::read(self::LEADER) === $second ? [$second, $first] : [$first, $second];
    }

    private static function read(string $file): string
    {
        return (string) @file_get_contents($file);
    }

    /** By renaming, so that nobody reads half of it. A full disk only makes the next process ask by itself. */
    private static function write(string $file, string $text): void
    {
        $new = $file . '-' . getmypid();
        if (@file_put_contents($new, $text) === strlen($text)) {
            @rename($new, $file);
        }
    }
}
