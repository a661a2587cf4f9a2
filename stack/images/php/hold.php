<?php

// Keeps a child of the pool busy without using any CPU, until whoever asked closes the connection: redline
// takes a part of the pool away with it. Nginx leads nobody here.

ignore_user_abort(false);
while (ob_get_level() > 0) {
    ob_end_flush();
}
// PHP notices that the connection is closed when it writes.
for ($i = 0; $i < 1000; $i++) {
    echo '.';
    flush();
    usleep(20_000);
}
