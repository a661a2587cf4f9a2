<?php

declare(strict_types=1);

namespace Shop;

use PDO;
use PDOException;

/**
 * What the catalogue is read from: of two databases the one that takes no writes. It may be a moment behind, so nothing
 * that a visitor has just done is looked for there. Where there is none, or it does not answer, the other one is asked.
 */
final class Replica
{
    private static ?PDO $connection = null;

    /** @return list<array<string, mixed>> */
    public static function rows(string $sql, array $values = []): array
    {
        if (!Databases::otherIsThere()) {
            return Database::rows($sql, $values);
        }
        try {
            self::$connection ??= Databases::readable();

            return Database::on(self::$connection, $sql, $values)->fetchAll();
        } catch (PDOException) {
            self::$connection = null;
            Databases::otherIsAway();

            return Database::rows($sql, $values);
        }
    }

    /** @return array<string, mixed>|null */
    public static function row(string $sql, array $values = []): ?array
    {
        return self::rows($sql, $values)[0] ?? null;
    }
}
