<?php

declare(strict_types=1);

namespace Shop;

/**
 * The number beside the cart link. It lives in a cookie that app.js reads, so
 * that pages which are the same for everyone stay the same for everyone.
 */
final class CartBadge
{
    private const COOKIE = 'shop_cart';

    public static function show(int $items): void
    {
        if ((string) $items === ($_COOKIE[self::COOKIE] ?? '0')) {
            return;
        }
        setcookie(self::COOKIE, (string) $items, ['path' => '/', 'samesite' => 'Lax']);
    }
}
