<?php

declare(strict_types=1);

namespace Shop;

use PDOException;

/** Accounts and passwords. */
final class Customers
{
    /**
     * Explicit, because PHP 8.4 raised its default to 12, which takes four
     * times as long. The seeded customers' hashes have cost 10, and a login
     * must cost the same whether an account was seeded or registered.
     */
    private const HASHING = ['cost' => 10];

    /** Nobody's password: compared with when there is no such customer, so that both take as long. */
    private const NOBODY = '$2y$10$redline0redline0redlie6g4TGBbaIBSkIsU5D1yqlERcLiCB3Wm';

    public static function find(int $id): ?array
    {
        return Database::row('SELECT id, name, email FROM customers WHERE id = ?', [$id]);
    }

    /** The customer's id, or null when e-mail address and password do not belong together. */
    public static function authenticate(string $email, string $password): ?int
    {
        $customer = Database::row('SELECT id, password_hash FROM customers WHERE email = ?', [$email]);
        $matches = password_verify($password, $customer['password_hash'] ?? self::NOBODY);

        return $customer !== null && $matches ? $customer['id'] : null;
    }

    /** The new customer's id, or null when the address is taken. */
    public static function register(string $name, string $email, string $password): ?int
    {
        $hash = password_hash($password, PASSWORD_BCRYPT, self::HASHING);
        try {
            return Database::insert(
                'INSERT INTO customers (email, name, password_hash) VALUES (?, ?, ?)',
                [$email, $name, $hash],
            );
        } catch (PDOException $problem) {
            if (Database::code($problem) === Database::DUPLICATE) {
                return null;
            }
            throw $problem;
        }
    }
}
