<?php

declare(strict_types=1);

namespace Shop;

/**
 * Sessions in Valkey, where several servers can find them. As with files, one request at a time has a session: it is
 * locked from its reading to its closing. (The extension has such a store of its own; when Valkey hangs, that one
 * corrupts the memory of its process.)
 */
final class SessionStore implements \SessionHandlerInterface, \SessionUpdateTimestampHandlerInterface
{
    /** A lock of a process that died ends after so long, in seconds: as long as a page may take. */
    private const LOCK_SECONDS = 30;
    /** For so long another request waits for the lock, in seconds. */
    private const PATIENCE_SECONDS = 10.0;
    private const PAUSE_MICROS = 5_000;
    private const UNLOCK = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

    private ?string $locked = null;
    private string $token = '';

    public function open(string $path, string $name): bool
    {
        return true;
    }

    public function read(string $id): string
    {
        $this->lock($id);
        $found = Valkey::ask(static fn (\Redis $valkey): mixed => $valkey->get("session:$id"));

        return is_string($found) ? $found : '';
    }

    public function write(string $id, string $data): bool
    {
        return Valkey::ask(static fn (\Redis $valkey): bool => $valkey->setex("session:$id", self::lifetime(), $data) === true);
    }

    public function updateTimestamp(string $id, string $data): bool
    {
        return Valkey::ask(static fn (\Redis $valkey): bool => $valkey->expire("session:$id", self::lifetime()) === true)
            // It was forgotten meanwhile, because memory was short.
            || $this->write($id, $data);
    }

    public function validateId(string $id): bool
    {
        return Valkey::ask(static fn (\Redis $valkey): bool => $valkey->exists("session:$id") === 1);
    }

    public function destroy(string $id): bool
    {
        Valkey::ask(static fn (\Redis $valkey): mixed => $valkey->del("session:$id"));

        return true;
    }

    public function gc(int $max_lifetime): int
    {
        // Valkey forgets them by itself.
        return 0;
    }

    public function close(): bool
    {
        if ($this->locked === null) {
            return true;
        }
        $key = "lock:$this->locked";
        $this->locked = null;
        try {
            Valkey::ask(fn (\Redis $valkey): mixed => $valkey->eval(self::UNLOCK, [$key, $this->token], 1));
        } catch (\RedisException) {
            // The lock ends by itself.
        }

        return true;
    }

    private function lock(string $id): void
    {
        $this->close();
        $this->token = bin2hex(random_bytes(8));
        $until = microtime(true) + self::PATIENCE_SECONDS;
        $options = ['nx', 'ex' => self::LOCK_SECONDS];
        while (Valkey::ask(fn (\Redis $valkey): mixed => $valkey->set("lock:$id", $this->token, $options)) !== true) {
            if (microtime(true) >= $until) {
                throw new SessionsAway('another request has had the session for ' . self::PATIENCE_SECONDS . ' s');
            }
            usleep(self::PAUSE_MICROS);
        }
        $this->locked = $id;
    }

    private static function lifetime(): int
    {
        return (int) ini_get('session.gc_maxlifetime');
    }
}
