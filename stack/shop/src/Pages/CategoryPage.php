<?php

declare(strict_types=1);

namespace Shop\Pages;

use Shop\{Catalogue, Request, Response};

final class CategoryPage
{
    public static function show(Request $request, int $id): Response
    {
        $categories = Catalogue::categories();
        $category = $categories[$id] ?? null;
        if ($category === null) {
            return Response::notFound();
        }
        $last = (int) ceil(Catalogue::countIn($id) / Catalogue::PAGE_SIZE);
        $page = $request->page();
        if ($page > max(1, $last)) {
            return Response::notFound();
        }

        return Response::page('category', [
            'title' => $category['name'],
            'categories' => $categories,
            'category' => $category,
            'products' => Catalogue::inCategory($id, $page),
            'current' => $page,
            'last' => $last,
        ]);
    }
}
