<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Orders, Response, Session};

final class OrderPage
{
    public static function show(string $uuid): Response
    {
        $session = Session::existing();
        $order = $session === null ? null : Orders::byUuid($uuid);
        // Somebody else's order looks like none, so that addresses tell nothing.
        if ($order === null || !Orders::mayBeSeenBy($order, $session)) {
            return Response::notFound();
        }

        return Response::personal('order', [
            'title' => 'Thank you',
            'order' => $order,
            'lines' => Orders::lines($order['id']),
        ]);
    }
}
