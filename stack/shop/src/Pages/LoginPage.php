<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Cart, Customers, Request, Response, Session};

final class LoginPage
{
    public static function show(): Response
    {
        return self::form(Session::read(), '', null, 200);
    }

    public static function submit(Request $request, Session $session): Response
    {
        $email = mb_strtolower($request->field('email'));
        $customer = Customers::authenticate($email, $request->field('password'));
        if ($customer === null) {
            return self::form($session, $email, 'E-mail address and password do not belong together.', 422);
        }
        $session->logIn($customer);
        Cart::claim($session, $customer);

        return Response::redirect('/account');
    }

    private static function form(Session $session, string $email, ?string $problem, int $status): Response
    {
        return Response::personal('login', [
            'title' => 'Log in',
            'email' => $email,
            'problem' => $problem,
            'csrf' => $session->csrf(),
        ], $status);
    }
}
