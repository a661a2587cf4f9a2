<?php

declare(strict_types=1);

// The front controller: Nginx hands every request here that no asset answers.

spl_autoload_register(static function (string $class): void {
    $file = dirname(__DIR__) . '/src/' . strtr(substr($class, strlen('Shop\\')), '\\', '/') . '.php';
    if (str_starts_with($class, 'Shop\\') && is_file($file)) {
        require $file;
    }
});

Shop\App::run(Shop\Request::fromGlobals())->send();
