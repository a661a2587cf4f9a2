<?php

declare(strict_types=1);

namespace Shop;

/** Orders that have been placed. */
final class Orders
{
    public static function byUuid(string $uuid): ?array
    {
        return Database::row(
            'SELECT id, uuid, customer_id, cart_id, name, email, address, city, postcode, total_cents, created_at'
            . ' FROM orders WHERE uuid = ?',
            [$uuid],
        );
    }

    public static function lines(int $order): array
    {
        return Database::rows(
            'SELECT product_id AS id, name, quantity, price_cents FROM order_lines WHERE order_id = ? ORDER BY product_id',
            [$order],
        );
    }

    public static function of(int $customer, int $count): array
    {
        return Database::rows(
            'SELECT uuid, total_cents, created_at FROM orders WHERE customer_id = ? ORDER BY id DESC LIMIT ?',
            [$customer, $count],
        );
    }

    public static function mayBeSeenBy(array $order, Session $session): bool
    {
        return ($order['cart_id'] !== null && $order['cart_id'] === $session->cart())
            || ($order['customer_id'] !== null && $order['customer_id'] === $session->customer());
    }
}
