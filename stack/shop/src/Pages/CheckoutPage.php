<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Cart, CartBadge, Checkout, Customers, OutOfStock, Request, Response, Session};

final class CheckoutPage
{
    /** The fields of the form and how long each may be. */
    private const FIELDS = ['name' => 100, 'email' => 190, 'address' => 200, 'city' => 100, 'postcode' => 20];

    public static function show(): Response
    {
        $session = Session::existing();
        $items = Cart::items($session?->cart());
        if ($items === []) {
            return Response::redirect('/cart');
        }
        $customer = $session->customer() === null ? null : Customers::find($session->customer());
        $values = ['name' => $customer['name'] ?? '', 'email' => $customer['email'] ?? ''];

        return self::form($session, $items, $values, self::newUuid(), null, 200);
    }

    public static function submit(Request $request, Session $session): Response
    {
        // Two requests of one visitor may check out side by side: the database
        // sorts them out, and neither has to wait for the session.
        $session->release();
        $uuid = strtolower($request->field('order_uuid'));
        $to = [];
        foreach (array_keys(self::FIELDS) as $field) {
            $to[$field] = $request->field($field);
        }
        $problem = self::problem($uuid, $to);
        if ($problem !== null) {
            $uuid = Checkout::isUuid($uuid) ? $uuid : self::newUuid();

            return self::form($session, Cart::items($session->cart()), $to, $uuid, $problem, 422);
        }
        try {
            $placed = Checkout::place($uuid, $session->cart(), $session->customer(), $to);
        } catch (OutOfStock $problem) {
            return Response::message(409, 'out-of-stock', 'Sold out', $problem->getMessage() . ' has just been sold out. Your cart is as you left it.');
        }
        if (!$placed) {
            return Response::redirect('/cart');
        }
        CartBadge::show(0);

        return Response::redirect("/order/$uuid");
    }

    private static function problem(string $uuid, array $to): ?string
    {
        if (!Checkout::isUuid($uuid)) {
            return 'This form was incomplete. Please send it again.';
        }
        foreach (self::FIELDS as $field => $longest) {
            if ($to[$field] === '' || mb_strlen($to[$field]) > $longest) {
                return "Please fill in the field “{$field}”.";
            }
        }

        return filter_var($to['email'], FILTER_VALIDATE_EMAIL) === false ? 'Please give a valid e-mail address.' : null;
    }

    private static function form(Session $session, array $items, array $values, string $uuid, ?string $problem, int $status): Response
    {
        return Response::personal('checkout', [
            'title' => 'Checkout',
            'items' => $items,
            'total' => Cart::total($items),
            'values' => $values + array_fill_keys(array_keys(self::FIELDS), ''),
            'uuid' => $uuid,
            'problem' => $problem,
            'csrf' => $session->csrf(),
        ], $status);
    }

    /** For browsers without script; a client may put in its own. */
    private static function newUuid(): string
    {
        $bytes = random_bytes(16);
        $bytes[6] = chr(ord($bytes[6]) & 0x0f | 0x40);
        $bytes[8] = chr(ord($bytes[8]) & 0x3f | 0x80);

        return vsprintf('%s%s-%s-%s-%s-%s%s%s', str_split(bin2hex($bytes), 4));
    }
}
