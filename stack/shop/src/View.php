<?php

declare(strict_types=1);

namespace Shop;

/** Templates, and the few things they may call. Whatever they print goes through `e`. */
final class View
{
    private const TEMPLATES = __DIR__ . '/../templates/';

    public static function render(string $template, array $values): string
    {
        $values += ['categories' => [], 'page' => $template];
        $content = self::capture($template, $values);

        return self::capture('layout', $values + ['content' => $content]);
    }

    public static function e(string|int|null $text): string
    {
        return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE | ENT_HTML5, 'UTF-8');
    }

    public static function money(int $cents): string
    {
        return '€ ' . number_format($cents / 100, 2);
    }

    public static function asset(string $path): string
    {
        return '/assets/' . $path . '?v=' . Version::ASSETS;
    }

    /** There are 200 pictures; products share them. */
    public static function picture(int $product): string
    {
        return self::asset(sprintf('products/%03d.webp', 1 + ($product - 1) % 200));
    }

    public static function csrf(string $token): string
    {
        return '<input type="hidden" name="csrf" value="' . self::e($token) . '">';
    }

    /** @param list<array> $products */
    public static function cards(array $products, bool $lazy = true): string
    {
        return self::capture('cards', ['products' => $products, 'lazy' => $lazy]);
    }

    public static function pager(string $base, int $current, int $last): string
    {
        return $last < 2 ? '' : self::capture('pager', ['base' => $base, 'current' => $current, 'last' => $last]);
    }

    /** The odd names leave all others to the templates. */
    private static function capture(string $__template, array $__values): string
    {
        extract($__values, EXTR_SKIP);
        ob_start();
        try {
            require self::TEMPLATES . $__template . '.php';
        } catch (\Throwable $problem) {
            ob_end_clean();
            throw $problem;
        }

        return (string) ob_get_clean();
    }
}
