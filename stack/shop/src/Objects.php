<?php

declare(strict_types=1);

namespace Shop;

/**
 * What the database was asked lately, kept in Valkey where the stack has one. It may be lost at any time: whatever goes
 * wrong here, the database is asked instead. Orders never rest on it.
 */
final class Objects
{
    /**
     * What is kept under the key, else what `make` gives, which is then kept for so many seconds unless it is null.
     *
     * @template T of array|int|null
     * @param callable(): T $make
     * @return T
     */
    public static function remember(string $key, int $seconds, callable $make): array|int|null
    {
        $kept = self::ask(static fn (\Redis $valkey): mixed => $valkey->get(self::name($key)));
        $value = is_string($kept) ? json_decode($kept, true) : null;
        if ($value !== null) {
            return $value;
        }
        $value = $make();
        if ($value !== null) {
            $text = json_encode($value, JSON_THROW_ON_ERROR);
            self::ask(static fn (\Redis $valkey): mixed => $valkey->setex(self::name($key), $seconds, $text));
        }

        return $value;
    }

    public static function forget(string ...$keys): void
    {
        self::ask(static fn (\Redis $valkey): mixed => $valkey->del(array_map(self::name(...), $keys)));
    }

    /** New code may keep other things under the same key, so each version has keys of its own. */
    private static function name(string $key): string
    {
        return 'object:' . Version::SHOP . ":$key";
    }

    /** @param callable(\Redis): mixed $question */
    private static function ask(callable $question): mixed
    {
        if (!Valkey::isThere()) {
            return null;
        }
        try {
            return Valkey::ask($question);
        } catch (\RedisException) {
            // Without it everything is slower, and nothing is wrong; who waits for a session says that it is away.
            return null;
        }
    }
}
