<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Catalogue, Response, Session};

final class ProductPage
{
    public static function show(int $id): Response
    {
        $product = Catalogue::product($id);
        if ($product === null) {
            return Response::notFound();
        }
        $categories = Catalogue::categories();

        return Response::personal('product', [
            'title' => $product['name'],
            'categories' => $categories,
            'category' => $categories[$product['category_id']],
            'product' => $product,
            'related' => Catalogue::related($product, 6),
            'csrf' => Session::read()->csrf(),
        ]);
    }
}
