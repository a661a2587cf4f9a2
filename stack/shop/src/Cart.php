<?php

declare(strict_types=1);

namespace Shop;

use PDOException;

/** A visitor's cart: the session knows its number, the database what is in it. */
final class Cart
{
    public const MOST = 99;

    /** Whether there is such a product. */
    public static function add(Session $session, int $product, int $quantity): bool
    {
        $quantity = max(1, min(self::MOST, $quantity));
        $cart = $session->cart();
        if ($cart !== null) {
            try {
                return self::put($cart, $product, $quantity);
            } catch (PDOException $problem) {
                // The session remembers a cart that the database does not: it
                // was set up anew since. The visitor just gets another cart.
                if (Database::code($problem) !== Database::NO_PARENT) {
                    throw $problem;
                }
            }
        }
        $cart = Database::insert('INSERT INTO carts (customer_id) VALUES (NULL)');
        $session->useCart($cart);

        return self::put($cart, $product, $quantity);
    }

    /** @return list<array<string, mixed>> */
    public static function items(?int $cart): array
    {
        return $cart === null ? [] : Database::rows(
            'SELECT p.id, p.name, p.price_cents, i.quantity FROM cart_items i JOIN products p ON p.id = i.product_id'
            . ' WHERE i.cart_id = ? ORDER BY i.product_id',
            [$cart],
        );
    }

    public static function update(?int $cart, int $product, int $quantity): void
    {
        if ($cart === null) {
            return;
        }
        if ($quantity <= 0) {
            Database::change('DELETE FROM cart_items WHERE cart_id = ? AND product_id = ?', [$cart, $product]);

            return;
        }
        Database::change(
            'UPDATE cart_items SET quantity = ? WHERE cart_id = ? AND product_id = ?',
            [min(self::MOST, $quantity), $cart, $product],
        );
    }

    /** Notes whose cart it is. Every session keeps a cart of its own, so two of one customer do not empty each other's. */
    public static function claim(Session $session, int $customer): void
    {
        if ($session->cart() !== null) {
            Database::change('UPDATE carts SET customer_id = ? WHERE id = ?', [$customer, $session->cart()]);
        }
    }

    public static function count(array $items): int
    {
        return array_sum(array_column($items, 'quantity'));
    }

    public static function total(array $items): int
    {
        return array_sum(array_map(static fn (array $item): int => $item['price_cents'] * $item['quantity'], $items));
    }

    private static function put(int $cart, int $product, int $quantity): bool
    {
        return Database::change(
            'INSERT INTO cart_items (cart_id, product_id, quantity) SELECT ?, id, ? FROM products WHERE id = ?'
            . ' ON DUPLICATE KEY UPDATE quantity = LEAST(?, cart_items.quantity + ?)',
            [$cart, $quantity, $product, self::MOST, $quantity],
        ) > 0 || Catalogue::product($product) !== null;
    }
}
