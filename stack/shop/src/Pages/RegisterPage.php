<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Cart, Customers, Request, Response, Session};

final class RegisterPage
{
    public static function show(): Response
    {
        return self::form(Session::read(), ['name' => '', 'email' => ''], null, 200);
    }

    public static function submit(Request $request, Session $session): Response
    {
        $values = ['name' => $request->field('name'), 'email' => mb_strtolower($request->field('email'))];
        $problem = self::problem($values, $request->field('password'));
        if ($problem !== null) {
            return self::form($session, $values, $problem, 422);
        }
        $customer = Customers::register($values['name'], $values['email'], $request->field('password'));
        if ($customer === null) {
            return self::form($session, $values, 'There is an account with this e-mail address already.', 422);
        }
        $session->logIn($customer);
        Cart::claim($session, $customer);

        return Response::redirect('/account');
    }

    private static function problem(array $values, string $password): ?string
    {
        return match (true) {
            $values['name'] === '' || mb_strlen($values['name']) > 100 => 'Please tell us your name.',
            mb_strlen($values['email']) > 190 || filter_var($values['email'], FILTER_VALIDATE_EMAIL) === false => 'Please give a valid e-mail address.',
            // bcrypt does not look at anything past its 72nd byte.
            strlen($password) < 8 || strlen($password) > 72 => 'Please choose a password of 8 to 72 characters.',
            default => null,
        };
    }

    private static function form(Session $session, array $values, ?string $problem, int $status): Response
    {
        return Response::personal('register', [
            'title' => 'Create an account',
            'values' => $values,
            'problem' => $problem,
            'csrf' => $session->csrf(),
        ], $status);
    }
}
