<?php

// How many scripts of the shop the opcode cache holds: redline looks whether it does what it is set to. Nginx leads
// nobody here.

$status = function_exists('opcache_get_status') ? opcache_get_status(true) : false;
$scripts = $status === false ? [] : array_keys($status['scripts'] ?? []);
echo count(array_filter($scripts, static fn (string $script): bool => str_starts_with($script, '/srv/')));
