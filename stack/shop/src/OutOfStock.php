<?php

declare(strict_types=1);

namespace Shop;

/** A product has run out between the cart and the checkout. */
final class OutOfStock extends \RuntimeException
{
}
