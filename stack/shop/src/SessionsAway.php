<?php

declare(strict_types=1);

namespace Shop;

/** The sessions cannot be read: without them no cart and no login is known, so no page of those can be right. */
final class SessionsAway extends \RuntimeException
{
}
