-- The records of each change of stock.

local function stock_of(sku)
    local found = redis.call('HMGET', product_key(sku), 'on_hand', 'reserved', 'status')
    return tonumber(found[1]), tonumber(found[2]), found[3]
end

-- Updates the in-stock index after a change of stock or status.
local function index_stock(sku)
    local on_hand, reserved, status = stock_of(sku)
    if status == 'active' and on_hand - reserved > 0 then
        redis.call('SADD', IN_STOCK, sku)
    else
        redis.call('SREM', IN_STOCK, sku)
    end
end

-- Records a movement. on_hand is the stock after it, if the caller knows it.
local function movement(sku, kind, delta, reason, now, on_hand)
    on_hand = on_hand or redis.call('HGET', product_key(sku), 'on_hand')
    local kept = redis.call('LPUSH', movements_key(sku), cjson.encode({ kind, text(delta), on_hand, reason, text(now) }))
    if kept > 1000 then redis.call('LTRIM', movements_key(sku), 0, 999) end
end

-- lines: a flat list of SKU and quantity
local function journal(kind, order, lines)
    redis.call('XADD', JOURNAL, '*', 'kind', kind, 'order', order, 'lines', cjson.encode(lines))
end

-- The approximate number of changes that the stream of changes keeps. A replica that is further
-- behind loads the catalogue again.
local KEPT_CHANGES = 10000

-- Notifies every replica that a product or the tree of categories changed. The ids count up by one
-- (0-1, 0-2, …), so that a reader notices if the stream was trimmed before it read. Changes of
-- stock are in the journal.
local function changed(kind, key, version, now)
    redis.call('XADD', CHANGES, 'MAXLEN', '~', KEPT_CHANGES, '0-*', 'kind', kind, 'key', key, 'version', version, 'at', text(now))
end
