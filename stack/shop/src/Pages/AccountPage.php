<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Customers, Orders, Request, Response, Session};

final class AccountPage
{
    private const SHOWN = 50;

    public static function show(): Response
    {
        $session = Session::existing();
        $customer = $session?->customer();
        $account = $customer === null ? null : Customers::find($customer);
        if ($account === null) {
            return Response::redirect('/login');
        }

        return Response::personal('account', [
            'title' => 'Your account',
            'customer' => $account,
            'orders' => Orders::of($account['id'], self::SHOWN),
            'csrf' => $session->csrf(),
        ]);
    }

    public static function logOut(Request $request, Session $session): Response
    {
        $session->end();

        return Response::redirect('/');
    }
}
