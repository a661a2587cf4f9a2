<?php

declare(strict_types=1);

namespace Shop;

/** What the visitor asked for. Fields are always strings, never arrays. */
final class Request
{
    private function __construct(
        public readonly string $method,
        public readonly string $path,
        public readonly string $id,
        private readonly array $query,
        private readonly array $form,
    ) {
    }

    public static function fromGlobals(): self
    {
        $path = strtok($_SERVER['REQUEST_URI'] ?? '/', '?');
        $method = $_SERVER['REQUEST_METHOD'] ?? 'GET';

        return new self(
            // Nginx drops the body of an answer to HEAD.
            $method === 'HEAD' ? 'GET' : $method,
            $path === false ? '/' : $path,
            $_SERVER['REQUEST_ID'] ?? '-',
            $_GET,
            $_POST,
        );
    }

    public function query(string $name): string
    {
        return self::text($this->query, $name);
    }

    public function field(string $name): string
    {
        return self::text($this->form, $name);
    }

    /** The page number in the query; anything that is not one counts as the first. */
    public function page(): int
    {
        return min(10_000, max(1, (int) $this->query('page')));
    }

    private static function text(array $values, string $name): string
    {
        $value = $values[$name] ?? '';

        return is_string($value) && mb_check_encoding($value, 'UTF-8') ? trim($value) : '';
    }
}
