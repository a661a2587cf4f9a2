<?php

declare(strict_types=1);

namespace Shop;

use PDO;
use PDOException;
use PDOStatement;

/** The connection, and the few ways in which the shop uses it. */
final class Database
{
    public const DUPLICATE = 1062;
    public const NO_PARENT = 1452;
    private const LOCK_TIMEOUT = 1205;
    private const DEADLOCK = 1213;
    /** No answer any more, or none that takes writes: what another server can still do. */
    private const LEADER_GONE = [1053, 1290, 1836, 2006, 2013];

    private static ?PDO $connection = null;

    /** @return list<array<string, mixed>> */
    public static function rows(string $sql, array $values = []): array
    {
        return self::execute($sql, $values)->fetchAll();
    }

    /** @return array<string, mixed>|null */
    public static function row(string $sql, array $values = []): ?array
    {
        return self::rows($sql, $values)[0] ?? null;
    }

    /** How many rows the statement changed. */
    public static function change(string $sql, array $values = []): int
    {
        return self::execute($sql, $values)->rowCount();
    }

    public static function insert(string $sql, array $values = []): int
    {
        self::execute($sql, $values);

        return (int) self::connection()->lastInsertId();
    }

    /**
     * All of it or nothing. A deadlock or a lock that did not come is tried
     * once more; whoever meets it twice meets an overloaded database, and
     * more attempts would only load it further. Of two databases the other
     * one is asked when one dies meanwhile: whether it had committed is not
     * known, so work must find out by itself whether it is done already.
     *
     * @template T
     * @param callable(): T $work
     * @return T
     */
    public static function transaction(callable $work): mixed
    {
        try {
            return self::attempt($work);
        } catch (PDOException $problem) {
            $moved = self::isGone($problem);
            if (!$moved && !in_array(self::code($problem), [self::DEADLOCK, self::LOCK_TIMEOUT], true)) {
                throw $problem;
            }
            self::$connection = $moved ? null : self::$connection;
        }

        return self::attempt($work);
    }

    public static function code(PDOException $problem): int
    {
        return (int) ($problem->errorInfo[1] ?? 0);
    }

    private static function attempt(callable $work): mixed
    {
        $connection = self::connection();
        $connection->beginTransaction();
        try {
            $result = $work();
            $connection->commit();

            return $result;
        } catch (\Throwable $problem) {
            try {
                if ($connection->inTransaction()) {
                    $connection->rollBack();
                }
            } catch (PDOException) {
                // The server is gone, and the transaction with it.
            }
            throw $problem;
        }
    }

    private static function isGone(PDOException $problem): bool
    {
        return Databases::areTwo() && in_array(self::code($problem), self::LEADER_GONE, true);
    }

    /** Outside of a transaction a question can be asked again where the server dies before it has answered. */
    private static function execute(string $sql, array $values): PDOStatement
    {
        $connection = self::connection();
        try {
            return self::on($connection, $sql, $values);
        } catch (PDOException $problem) {
            if (!str_starts_with($sql, 'SELECT') || $connection->inTransaction() || !self::isGone($problem)) {
                throw $problem;
            }
        }
        self::$connection = $connection = null;

        return self::on(self::connection(), $sql, $values);
    }

    public static function on(PDO $connection, string $sql, array $values): PDOStatement
    {
        $statement = $connection->prepare($sql);
        foreach (array_values($values) as $i => $value) {
            // Typed, because LIMIT takes no strings and an index on numbers is
            // best asked with numbers.
            $type = is_int($value) ? PDO::PARAM_INT : ($value === null ? PDO::PARAM_NULL : PDO::PARAM_STR);
            $statement->bindValue($i + 1, $value, $type);
        }
        $statement->execute();

        return $statement;
    }

    private static function connection(): PDO
    {
        return self::$connection ??= Databases::areTwo()
            ? Databases::writable()
            : self::open(getenv('DB_HOST') . ':' . getenv('DB_PORT'), null, null);
    }

    /**
     * Persistent: a process of the pool serves one visitor at a time and keeps
     * its connection, so the number of connections is the size of the pool and
     * no page pays for a handshake. PDO asks whether a kept connection is still
     * alive before it is used again, and rolls back what a dead script left.
     *
     * @param string|null $kept under which name it is kept, apart from others to the same server
     * @param string|null $condition a further assignment at the beginning of each connection, which must succeed
     */
    public static function open(string $server, ?string $kept, ?string $condition): PDO
    {
        [$host, $port] = explode(':', $server, 2);

        return new PDO(
            sprintf('mysql:host=%s;port=%s;dbname=%s;charset=utf8mb4', $host, $port, getenv('DB_NAME')),
            (string) getenv('DB_USER'),
            (string) getenv('DB_PASSWORD'),
            [
                PDO::ATTR_PERSISTENT => $kept ?? true,
                // Of two the other one may take its place, so it is waited for less long.
                PDO::ATTR_TIMEOUT => $kept === null ? 3 : 1,
                PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
                PDO::ATTR_DEFAULT_FETCH_MODE => PDO::FETCH_ASSOC,
                PDO::ATTR_EMULATE_PREPARES => false,
                PDO::ATTR_STRINGIFY_FETCHES => false,
                // Gap locks would make shoppers with neighbouring carts wait for each other.
                \Pdo\Mysql::ATTR_INIT_COMMAND => "SET SESSION transaction_isolation = 'READ-COMMITTED', sql_mode = 'TRADITIONAL'"
                    . ($condition === null ? '' : ", $condition"),
            ],
        );
    }
}
