<?php

// Empties the opcode cache that all children of the pool share: a deployment asks for it. Nginx leads nobody here.

echo function_exists('opcache_reset') && opcache_reset() ? 'forgotten' : 'nothing to forget';
