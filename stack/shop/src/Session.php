<?php

declare(strict_types=1);

namespace Shop;

/** One visitor's session. It is locked while open, so pages that only read let go of it at once. */
final class Session
{
    private function __construct()
    {
    }

    /** Before the first session of a request: where sessions are kept. */
    private static function start(): void
    {
        match (getenv('SESSIONS')) {
            'database' => session_set_save_handler(new SessionTable(), true),
            'valkey' => session_set_save_handler(new SessionStore(), true),
            default => null,
        };
        try {
            // Its warning says the same as the exception.
            $started = @session_start();
        } catch (\RedisException $problem) {
            throw new SessionsAway($problem->getMessage(), previous: $problem);
        }
        if (!$started) {
            throw new SessionsAway('the session cannot be opened');
        }
    }

    /** The session, made if there is none: for pages with a form. */
    public static function open(): self
    {
        self::start();
        $_SESSION['csrf'] ??= bin2hex(random_bytes(16));

        return new self();
    }

    /** Like `open`, for pages that do not change it. */
    public static function read(): self
    {
        $session = self::open();
        $session->release();

        return $session;
    }

    /** The visitor's session if there is one, and never a new cookie. */
    public static function existing(): ?self
    {
        $sent = $_COOKIE[session_name()] ?? null;
        if ($sent === null) {
            return null;
        }
        $session = self::read();
        if (session_id() !== $sent) {
            // An id that is not known any more: PHP has just made another.
            header_remove('Set-Cookie');

            return null;
        }

        return $session;
    }

    public function release(): void
    {
        self::close();
    }

    /** Writes and lets go of the session, if one is open. */
    public static function close(): void
    {
        try {
            session_write_close();
        } catch (\RedisException $problem) {
            throw new SessionsAway($problem->getMessage(), previous: $problem);
        }
    }

    public function csrf(): string
    {
        return $_SESSION['csrf'];
    }

    public function cart(): ?int
    {
        return $_SESSION['cart'] ?? null;
    }

    public function useCart(int $cart): void
    {
        $_SESSION['cart'] = $cart;
    }

    public function customer(): ?int
    {
        return $_SESSION['customer'] ?? null;
    }

    /**
     * The id changes, because somebody else may have planted the old one; so
     * does the token, which was shown to whoever held that id.
     */
    public function logIn(int $customer): void
    {
        session_regenerate_id(true);
        $_SESSION['customer'] = $customer;
        $_SESSION['csrf'] = bin2hex(random_bytes(16));
    }

    public function end(): void
    {
        $_SESSION = [];
        session_destroy();
        setcookie(session_name(), '', ['expires' => 1, 'path' => '/', 'httponly' => true, 'samesite' => 'Lax']);
        CartBadge::show(0);
    }
}
