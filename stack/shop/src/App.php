<?php

declare(strict_types=1);

namespace Shop;

use PDOException;
use Shop\Pages\{AccountPage, CartPage, CheckoutPage, HomePage, CategoryPage, LoginPage, OrderPage, ProductPage, RegisterPage, SearchPage};

/** From a request to its page, and from whatever goes wrong to an honest status. */
final class App
{
    public static function run(Request $request): Response
    {
        try {
            Handicap::apply();

            $response = self::route($request);
            // While a failure can still be told: a cart that was not written is no success.
            Session::close();

            return $response;
        } catch (PDOException $problem) {
            self::log($request, $problem);

            return Response::message(503, 'error', 'We will be right back', 'The shop cannot reach its database at the moment. Nothing is lost; please try again in a few seconds.');
        } catch (SessionsAway $problem) {
            self::log($request, $problem);

            return Response::message(503, 'error', 'We will be right back', 'The shop cannot reach its memory at the moment. Please try again in a few seconds.');
        } catch (\Throwable $problem) {
            self::log($request, $problem);

            return Response::message(500, 'error', 'Something went wrong', 'That was our fault, not yours. Please try again.');
        }
    }

    private static function route(Request $request): Response
    {
        $parts = explode('/', trim($request->path, '/'), 3);
        $id = $parts[1] ?? '';
        $number = preg_match('/\A[1-9][0-9]{0,8}\z/', $id) === 1 ? (int) $id : 0;

        return match (true) {
            $request->method === 'POST' => self::post($request),
            $request->method !== 'GET' => Response::message(405, 'error', 'Not possible', 'This page can only be looked at.'),
            $request->path === '/' => HomePage::show(),
            $request->path === '/search' => SearchPage::show($request),
            $request->path === '/cart' => CartPage::show(),
            $request->path === '/register' => RegisterPage::show(),
            $request->path === '/login' => LoginPage::show(),
            $request->path === '/account' => AccountPage::show(),
            $request->path === '/checkout' => CheckoutPage::show(),
            count($parts) !== 2 || str_ends_with($request->path, '/') => Response::notFound(),
            $parts[0] === 'category' && $number > 0 => CategoryPage::show($request, $number),
            $parts[0] === 'product' && $number > 0 => ProductPage::show($number),
            $parts[0] === 'order' && Checkout::isUuid(strtolower($id)) => OrderPage::show(strtolower($id)),
            default => Response::notFound(),
        };
    }

    private static function post(Request $request): Response
    {
        $action = match ($request->path) {
            '/cart/add' => CartPage::add(...),
            '/cart/update' => CartPage::update(...),
            '/register' => RegisterPage::submit(...),
            '/login' => LoginPage::submit(...),
            '/logout' => AccountPage::logOut(...),
            '/checkout' => CheckoutPage::submit(...),
            default => null,
        };
        if ($action === null) {
            return Response::notFound();
        }
        // Without the cookie no token can be right, and a forged request does
        // not deserve a session.
        $session = isset($_COOKIE[session_name()]) ? Session::open() : null;
        if ($session === null || !hash_equals($session->csrf(), $request->field('csrf'))) {
            return Response::message(403, 'forbidden', 'Please try again', 'This form has expired. Go back, load the page again and send it once more.');
        }

        return $action($request, $session);
    }

    private static function log(Request $request, \Throwable $problem): void
    {
        error_log(sprintf(
            '%s %s %s: %s in %s:%d',
            $request->id,
            $request->method,
            $request->path,
            $problem->getMessage(),
            basename($problem->getFile()),
            $problem->getLine(),
        ));
    }
}
