"""Stock for parts to be shown with: plenty, a last one, none, one that is held, one of which nobody told."""

from clienteling.queries.stock_sheet import Figure, Place, StockSheet
from clienteling.ui.gallery.sample import DRESS, NOW, PRICE, SHOP
from sync.model.catalogue import Variant
from sync.model.shop import Shop, ShopKind

_FIGURES = (Figure(7, 0, 7, NOW), Figure(1, 1, 2, NOW), Figure(0, 2, 1, NOW), None)
_PAIRS = (("ネイビー", "S"), ("ネイビー", "M"), ("レッド", "S"), ("レッド", "M"))
_VARIANTS = tuple(
    Variant(id=f"{colour}{size}", product_id=DRESS.id, sku=f"{colour}{size}", colour=colour, size=size, price=PRICE)
    for colour, size in _PAIRS
)
_WEB = Shop(id="web", code="web", name="EC", brand="アオバ", controller="株式会社アオバ", shop_kind=ShopKind.WEB)
_FAR = Shop(id="far", code="far", name="表参道店", name_en="Omotesando", brand="アオバ", controller="株式会社アオバ")
PLACES = {
    "here": Place(SHOP, _FIGURES[0], here=True),
    "online": Place(_WEB, _FIGURES[1], web=True),
    "far, all held": Place(_FAR, _FIGURES[2], km=2.31),
    "nobody told": Place(_FAR, None, km=412.0),
}
SHEET = StockSheet(DRESS, _VARIANTS, _FIGURES, _VARIANTS[1], tuple(PLACES.values()), 0, None, (), NOW)
