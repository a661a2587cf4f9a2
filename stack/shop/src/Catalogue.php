<?php

declare(strict_types=1);

namespace Shop;

/**
 * Categories and products, as shoppers look at them. What many look at is kept for a while where the stack has an
 * object cache; what a search finds is not, because nobody could tell which searches a change touches.
 */
final class Catalogue
{
    public const PAGE_SIZE = 24;
    private const CARD = 'id, name, price_cents, stock';
    /** Seconds. */
    private const KEEP = 30;
    private const HOME_LISTS = ['featured:6', 'newest:6', 'best-sellers:6'];
    /** A category has 200 products. */
    private const MOST_PAGES = 9;

    /** @return array<int, array<string, mixed>> by id */
    public static function categories(): array
    {
        return Objects::remember('categories', self::KEEP, static fn (): array => array_column(
            Replica::rows('SELECT id, name, description FROM categories ORDER BY id'),
            null,
            'id',
        ));
    }

    public static function featured(int $count): array
    {
        return Objects::remember("featured:$count", self::KEEP, static fn (): array => Replica::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE featured_rank IS NOT NULL ORDER BY featured_rank LIMIT ?',
            [$count],
        ));
    }

    public static function newest(int $count): array
    {
        return Objects::remember("newest:$count", self::KEEP, static fn (): array => Replica::rows(
            'SELECT ' . self::CARD . ' FROM products ORDER BY created_at DESC, id DESC LIMIT ?',
            [$count],
        ));
    }

    public static function bestSellers(int $count): array
    {
        return Objects::remember("best-sellers:$count", self::KEEP, static fn (): array => Replica::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE sales_rank IS NOT NULL ORDER BY sales_rank LIMIT ?',
            [$count],
        ));
    }

    public static function product(int $id): ?array
    {
        return Objects::remember("product:$id", self::KEEP, static fn (): ?array => Replica::row(
            'SELECT id, category_id, name, description, price_cents, stock FROM products WHERE id = ?',
            [$id],
        ));
    }

    /** The next products of the category, from its beginning again at its end. */
    public static function related(array $product, int $count): array
    {
        return Objects::remember("related:{$product['id']}:$count", self::KEEP, static fn (): array => Replica::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE category_id = ? AND id <> ? ORDER BY id <= ?, id LIMIT ?',
            [$product['category_id'], $product['id'], $product['id'], $count],
        ));
    }

    public static function countIn(int $category): int
    {
        return Objects::remember("count:$category", self::KEEP, static fn (): int => (int) Replica::row(
            'SELECT COUNT(*) AS n FROM products WHERE category_id = ?',
            [$category],
        )['n']);
    }

    public static function inCategory(int $category, int $page): array
    {
        return Objects::remember("category:$category:$page", self::KEEP, static fn (): array => Replica::rows(
            'SELECT ' . self::CARD . ' FROM products WHERE category_id = ? ORDER BY id LIMIT ? OFFSET ?',
            [$category, self::PAGE_SIZE, self::PAGE_SIZE * ($page - 1)],
        ));
    }

    /**
     * Products have run out: no cache may go on saying that they are there. Lists that have them in a corner (the
     * neighbours on other products' pages) are right again when their time is over.
     *
     * @param list<array{id: int, category_id: int}> $products
     */
    public static function ranOut(array $products): void
    {
        $keys = [];
        $categories = [];
        foreach ($products as $product) {
            $keys[] = "product:{$product['id']}";
            $categories[$product['category_id']] = true;
        }
        foreach (array_keys($categories) as $category) {
            for ($page = 1; $page <= self::MOST_PAGES; $page++) {
                $keys[] = "category:$category:$page";
            }
        }
        Objects::forget(...$keys, ...self::HOME_LISTS);
        Edge::forget('^/($|\\?|search|category/(' . implode('|', array_keys($categories)) . ')(\\?|$))');
    }

    /** One page of what has all the words in it, each row with the total number of finds. */
    public static function search(string $term, int $page): array
    {
        $words = self::words($term);
        if ($words === '') {
            return [];
        }

        return Replica::rows(
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
