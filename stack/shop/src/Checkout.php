<?php

declare(strict_types=1);

namespace Shop;

use PDOException;

/** Turns a cart into an order, once for each UUID however often it is asked for. */
final class Checkout
{
    private const UUID = '/\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z/';

    public static function isUuid(string $text): bool
    {
        return preg_match(self::UUID, $text) === 1;
    }

    /**
     * Whether there is an order with this UUID now; false says that there was
     * nothing to order.
     *
     * @param array<string, string> $to name, email, address, city, postcode
     * @throws OutOfStock
     */
    public static function place(string $uuid, ?int $cart, ?int $customer, array $to): bool
    {
        if ($cart === null) {
            return self::exists($uuid);
        }
        $ranOut = [];
        try {
            $placed = Database::transaction(static function () use ($uuid, $cart, $customer, $to, &$ranOut): bool {
                $ranOut = [];

                return self::order($uuid, $cart, $customer, $to, $ranOut);
            });
            // Only now: before the commit somebody could keep the old page again.
            if ($ranOut !== []) {
                Catalogue::ranOut($ranOut);
            }

            return $placed;
        } catch (PDOException $problem) {
            if (Database::code($problem) === Database::DUPLICATE) {
                return true;
            }
            throw $problem;
        }
    }

    /** @param list<array<string, mixed>> $ranOut the products of which none are left after this order */
    private static function order(string $uuid, int $cart, ?int $customer, array $to, array &$ranOut): bool
    {
        // Asked for before and after the lock: before, to answer a repeated
        // request without touching the new cart of the same visitor; after,
        // because a twin of this request may have held the lock.
        if (self::exists($uuid)) {
            return true;
        }
        $items = self::lock($cart);
        if ($items === []) {
            return self::exists($uuid);
        }
        foreach ($items as $item) {
            if ($item['stock'] < $item['quantity']) {
                throw new OutOfStock($item['name']);
            }
        }
        $order = Database::insert(
            'INSERT INTO orders (uuid, customer_id, cart_id, name, email, address, city, postcode, total_cents)'
            . ' VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
            [$uuid, $customer, $cart, $to['name'], $to['email'], $to['address'], $to['city'], $to['postcode'], Cart::total($items)],
        );
        self::writeLines($order, $items);
        Database::change(
            'UPDATE products p JOIN cart_items i ON i.product_id = p.id SET p.stock = p.stock - i.quantity WHERE i.cart_id = ?',
            [$cart],
        );
        Database::change('DELETE FROM cart_items WHERE cart_id = ?', [$cart]);
        $ranOut = array_values(array_filter($items, static fn (array $item): bool => $item['stock'] === $item['quantity']));

        return true;
    }

    /**
     * The cart's lines with their products, all locked. The join starts at the
     * cart, whose key is in product order, so that every checkout locks
     * products in the same order and two of them cannot wait for each other.
     */
    private static function lock(int $cart): array
    {
        return Database::rows(
            'SELECT STRAIGHT_JOIN p.id, p.name, p.price_cents, p.stock, p.category_id, i.quantity FROM cart_items i'
            . ' JOIN products p ON p.id = i.product_id WHERE i.cart_id = ? ORDER BY i.product_id FOR UPDATE',
            [$cart],
        );
    }

    private static function writeLines(int $order, array $items): void
    {
        $values = [];
        foreach ($items as $item) {
            array_push($values, $order, $item['id'], $item['quantity'], $item['price_cents'], $item['name']);
        }
        Database::change(
            'INSERT INTO order_lines (order_id, product_id, quantity, price_cents, name) VALUES '
            . implode(', ', array_fill(0, count($items), '(?, ?, ?, ?, ?)')),
            $values,
        );
    }

    private static function exists(string $uuid): bool
    {
        return Database::row('SELECT id FROM orders WHERE uuid = ?', [$uuid]) !== null;
    }
}
