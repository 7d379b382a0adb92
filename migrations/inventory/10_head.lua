#!lua name=inv1
-- The Inventory Service's functions, contract number 1. Within a number, arguments are only appended and fields only added.
-- A function validates everything first and writes last: Redis undoes nothing (order-flow section 1).

local VERSION = 6
local TAG = '{inv}'

local function product_key(sku) return TAG .. ':p:' .. sku end
local function reservation_key(order) return TAG .. ':r:' .. order end
local function movements_key(sku) return TAG .. ':m:' .. sku end
local function word_key(word) return TAG .. ':w:' .. word end
local function tag_key(tag) return TAG .. ':s:tag:' .. tag end
local function direct_key(slug) return TAG .. ':s:in:' .. slug end   -- products of exactly this category
local function category_key(slug) return TAG .. ':s:cat:' .. slug end -- and of those below it
local ALL, IN_STOCK = TAG .. ':s:all', TAG .. ':s:in_stock'
local BY_NAME, BY_PRICE, BY_CREATED = TAG .. ':i:name', TAG .. ':i:price', TAG .. ':i:created'
local CATEGORIES, TAGS, DUE, JOURNAL = TAG .. ':categories', TAG .. ':tags', TAG .. ':due', TAG .. ':journal'
local CHANGES = TAG .. ':changes'

-- The most pieces of one SKU: sums of it stay exact in a double.
local MOST = 1000000000

local function now_ms()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- tostring() of a large number loses digits.
local function text(number) return string.format('%.0f', number) end

-- Whether a is less than b: numbers by value, texts by their bytes, as indexes have them. Lua's own `<` compares texts by the
-- server's LC_COLLATE, so no text is compared with it.
local function less(a, b)
    if type(a) == 'number' then return a < b end
    for at = 1, math.min(#a, #b) do
        local one, other = string.byte(a, at), string.byte(b, at)
        if one ~= other then return one < other end
    end
    return #a < #b
end

local function stock_of(sku)
    local found = redis.call('HMGET', product_key(sku), 'on_hand', 'reserved', 'status')
    return tonumber(found[1]), tonumber(found[2]), found[3]
end

-- Keeps the in-stock index true after a change of stock or status.
local function index_stock(sku)
    local on_hand, reserved, status = stock_of(sku)
    if status == 'active' and on_hand - reserved > 0 then
        redis.call('SADD', IN_STOCK, sku)
    else
        redis.call('SREM', IN_STOCK, sku)
    end
end

-- on_hand is how many there are after it, if the caller knows.
local function movement(sku, kind, delta, reason, now, on_hand)
    on_hand = on_hand or redis.call('HGET', product_key(sku), 'on_hand')
    local kept = redis.call('LPUSH', movements_key(sku), cjson.encode({ kind, text(delta), on_hand, reason, text(now) }))
    if kept > 1000 then redis.call('LTRIM', movements_key(sku), 0, 999) end
end

-- lines: a flat list of SKU and quantity
local function journal(kind, order, lines)
    redis.call('XADD', JOURNAL, '*', 'kind', kind, 'order', order, 'lines', cjson.encode(lines))
end

-- About how many changes the stream of changes keeps: a replica that is further behind loads the catalogue again.
local KEPT_CHANGES = 10000

-- Notifies every replica that a product or the tree of categories changed. The ids count up by one (0-1, 0-2, …), so that a
-- reader notices what was trimmed before it read it. Changes of stock stand in the journal.
local function changed(kind, key, version, now)
    redis.call('XADD', CHANGES, 'MAXLEN', '~', KEPT_CHANGES, '0-*', 'kind', kind, 'key', key, 'version', version, 'at', text(now))
end

redis.register_function { function_name = 'inv1_version', flags = { 'no-writes' }, callback = function() return VERSION end }
