<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Cart, CartBadge, Request, Response, Session};

final class CartPage
{
    public static function show(): Response
    {
        $session = Session::read();
        $items = Cart::items($session->cart());
        CartBadge::show(Cart::count($items));

        return Response::personal('cart', [
            'title' => 'Your cart',
            'items' => $items,
            'count' => Cart::count($items),
            'total' => Cart::total($items),
            'csrf' => $session->csrf(),
        ]);
    }

    public static function add(Request $request, Session $session): Response
    {
        return Cart::add($session, (int) $request->field('product_id'), (int) $request->field('quantity'))
            ? Response::redirect('/cart')
            : Response::notFound();
    }

    public static function update(Request $request, Session $session): Response
    {
        $session->release();
        Cart::update($session->cart(), (int) $request->field('product_id'), (int) $request->field('quantity'));

        return Response::redirect('/cart');
    }
}
