<?php

declare(strict_types=1);

namespace Shop;

/** Categories and products, as shoppers look at them. */
final class Catalogue
{
    public const PAGE_SIZE = 24;
    private const CARD = 'id, name, price_cents';

    /** @return array<int, array<string, mixed>> by id */
    public static function categories(): array
    {
        return array_column(Database::rows('SELECT id, name, description FROM categories ORDER BY id'), null, 'id');
    }

    public static function featured(int $count): array
    {
        return Database::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE featured_rank IS NOT NULL ORDER BY featured_rank LIMIT ?',
            [$count],
        );
    }

    public static function newest(int $count): array
    {
        return Database::rows('SELECT ' . self::CARD . ' FROM products ORDER BY created_at DESC, id DESC LIMIT ?', [$count]);
    }

    public static function bestSellers(int $count): array
    {
        return Database::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE sales_rank IS NOT NULL ORDER BY sales_rank LIMIT ?',
            [$count],
        );
    }

    public static function product(int $id): ?array
    {
        return Database::row('SELECT id, category_id, name, description, price_cents, stock FROM products WHERE id = ?', [$id]);
    }

    /** The next products of the category, from its beginning again at its end. */
    public static function related(array $product, int $count): array
    {
        return Database::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE category_id = ? AND id <> ? ORDER BY id <= ?, id LIMIT ?',
            [$product['category_id'], $product['id'], $product['id'], $count],
        );
    }

    public static function countIn(int $category): int
    {
        return (int) Database::row('SELECT COUNT(*) AS n FROM products WHERE category_id = ?', [$category])['n'];
    }

    public static function inCategory(int $category, int $page): array
    {
        return Database::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE category_id = ? ORDER BY id LIMIT ? OFFSET ?',
            [$category, self::PAGE_SIZE, self::PAGE_SIZE * ($page - 1)],
        );
    }

    /** One page of what has all the words in it, each row with the total number of finds. */
    public static function search(string $term, int $page): array
    {
        $words = self::words($term);
        if ($words === '') {
            return [];
        }

        return Database::rows(
            'SELECT ' . self::CARD . ', COUNT(*) OVER () AS total FROM products'
            . ' WHERE MATCH (name, description) AGAINST (? IN BOOLEAN MODE) ORDER BY id DESC LIMIT ? OFFSET ?',
            [$words, self::PAGE_SIZE, self::PAGE_SIZE * ($page - 1)],
        );
    }

    /** All words required, and none of the operators that a shopper might type by accident. */
    private static function words(string $term): string
    {
        preg_match_all('/[\p{L}\p{N}]{3,40}/u', mb_substr($term, 0, 100), $found);

        return implode(' ', array_map(static fn (string $word): string => '+' . $word, array_slice($found[0], 0, 8)));
    }
}
