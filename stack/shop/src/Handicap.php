<?php

declare(strict_types=1);

namespace Shop;

/**
 * Makes every page dearer by a known amount, so that the shop has a known
 * limit. In microseconds, from the environment; nothing without it.
 */
final class Handicap
{
    public static function apply(): void
    {
        $sleep = (int) getenv('HANDICAP_SLEEP');
        $burn = (int) getenv('HANDICAP_BURN');
        $lock = (int) getenv('HANDICAP_LOCK');
        if ($sleep > 0) {
            usleep($sleep);
        }
        if ($burn > 0) {
            self::burn($burn);
        }
        if ($lock > 0) {
            Database::transaction(static function () use ($lock): void {
                Database::row('SELECT id FROM categories WHERE id = 1 FOR UPDATE');
                usleep($lock);
            });
        }
    }

    /** CPU time of this process, not time on the clock: waiting for a CPU does not count. */
    private static function burn(int $micros): void
    {
        $until = self::used() + $micros;
        while (self::used() < $until) {
            hash('xxh3', str_repeat('x', 10_000));
        }
    }

    private static function used(): int
    {
        $usage = getrusage();

        return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1_000_000 + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
    }
}
