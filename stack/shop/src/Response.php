<?php

declare(strict_types=1);

namespace Shop;

/** What the visitor gets. */
final class Response
{
    /** @param array<string, string> $headers */
    private function __construct(
        private readonly int $status,
        private readonly array $headers,
        private readonly string $body,
    ) {
    }

    /** A page that is the same for everyone. */
    public static function page(string $template, array $values): self
    {
        return self::html(200, $template, $values, self::forEveryone());
    }

    /** A page that belongs to one visitor and must not be kept by anyone else. */
    public static function personal(string $template, array $values, int $status = 200): self
    {
        return self::html($status, $template, $values, 'private, no-store');
    }

    public static function message(int $status, string $page, string $title, string $text): self
    {
        $headers = $status === 503 ? ['Retry-After' => '5'] : [];

        return self::html($status, 'message', [
            'page' => $page,
            'title' => $title,
            'text' => $text,
        ], 'private, no-store', $headers);
    }

    public static function notFound(): self
    {
        return self::message(404, 'not-found', 'Page not found', 'There is nothing at this address. It may have been sold, moved or mistyped.');
    }

    /** 303, so that the browser fetches the next page with GET whatever this request was. */
    public static function redirect(string $path): self
    {
        return new self(303, ['Location' => $path, 'Cache-Control' => 'private, no-store'], '');
    }

    public function send(): void
    {
        http_response_code($this->status);
        foreach ($this->headers as $name => $value) {
            header("$name: $value");
        }
        // In answers without a page, too: whoever deploys wants to know which code answered.
        header('X-Shop-Version: ' . Version::SHOP);
        echo $this->body;
    }

    /** For how long caches that many visitors share may keep such a page; a browser asks each time. */
    private static function forEveryone(): string
    {
        $seconds = (int) getenv('PAGE_TTL');

        return $seconds > 0 ? "public, max-age=0, s-maxage=$seconds" : 'public, max-age=0, must-revalidate';
    }

    private static function html(int $status, string $template, array $values, string $caching, array $headers = []): self
    {
        return new self(
            $status,
            $headers + ['Content-Type' => 'text/html; charset=utf-8', 'Cache-Control' => $caching],
            View::render($template, $values),
        );
    }
}
