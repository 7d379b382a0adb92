#!lua name=inv1
-- The functions of the Inventory Service, contract number 1. Within a number, arguments are only
-- appended and fields only added. A function validates everything first and writes last: Redis
-- rolls nothing back (order-flow section 1).

local VERSION = 12
local NAME, TAG = 'inv1', '{inv}'

local function product_key(sku) return TAG .. ':p:' .. sku end
local function reservation_key(order) return TAG .. ':r:' .. order end
local function movements_key(sku) return TAG .. ':m:' .. sku end
local function prices_key(sku) return TAG .. ':ph:' .. sku end
local function word_key(word) return TAG .. ':w:' .. word end
local function tag_key(tag) return TAG .. ':s:tag:' .. tag end
local function direct_key(slug) return TAG .. ':s:in:' .. slug end -- of exactly this category
local function category_key(slug) return TAG .. ':s:cat:' .. slug end -- and of those below it
local ALL, IN_STOCK = TAG .. ':s:all', TAG .. ':s:in_stock'
local BY_NAME, BY_PRICE, BY_CREATED = TAG .. ':i:name', TAG .. ':i:price', TAG .. ':i:created'
local ARCHIVED, FILLED = TAG .. ':i:archived', TAG .. ':filled'
local CATEGORIES, TAGS, DUE, JOURNAL = TAG .. ':categories', TAG .. ':tags', TAG .. ':due', TAG .. ':journal'
local CHANGES = TAG .. ':changes'

-- The most units of one SKU: sums of this size stay exact in a double.
local MOST = 1000000000
