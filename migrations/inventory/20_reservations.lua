-- Reservations (order-flow sections 3 and 4). The lines of a reservation are a flat list of texts:
-- sku, name, quantity, amount, currency, and so on.

local WIDTH = 5

local function lines_of(order)
    local kept = redis.call('HGET', reservation_key(order), 'lines')
    return kept and cjson.decode(kept) or {}
end

local function each_line(lines, visit)
    for at = 1, #lines, WIDTH do visit(lines[at], tonumber(lines[at + 2])) end
end

-- The answer about a reservation: status, deadline, then each line with the quantity that was
-- restocked.
local function view(order)
    local found = redis.call('HMGET', reservation_key(order), 'status', 'expires_at', 'returned')
    local returned = found[3] and cjson.decode(found[3]) or {}
    local lines, answer = lines_of(order), { found[1], found[2] or '' }
    for at = 1, #lines, WIDTH do
        for field = at, at + WIDTH - 1 do answer[#answer + 1] = lines[field] end
        answer[#answer + 1] = returned[lines[at]] or '0'
    end
    return answer
end

-- Ends a hold without a sale, and returns the number of its lines. The same call changes the state
-- and frees the stock.
local function let_go(order, status)
    local flat = {}
    each_line(lines_of(order), function(sku, quantity)
        redis.call('HINCRBY', product_key(sku), 'reserved', text(-quantity))
        index_stock(sku)
        flat[#flat + 1] = sku
        flat[#flat + 1] = text(quantity)
    end)
    redis.call('HSET', reservation_key(order), 'status', status)
    redis.call('ZREM', DUE, order)
    journal(status, order, flat)
    return #flat / 2
end

-- Returns whether a deadline has passed. A deadline further ahead than a hold lasts was written
-- before the clock stepped back, so it counts as passed. Clocks are often corrected by some seconds.
-- Such a step only makes a hold longer, because its order is still in progress.
local function is_over(expires_at, ttl, now)
    local deadline = tonumber(expires_at)
    return deadline <= now or deadline > now + tonumber(ttl) + 5000
end

local function is_past(order, now)
    local found = redis.call('HMGET', reservation_key(order), 'expires_at', 'ttl')
    return is_over(found[1], found[2], now)
end

-- ARGV: order, fingerprint, lifetime in ms, then SKU and quantity for each SKU
local function reserve(_, args)
    local order, fingerprint, ttl = args[1], args[2], tonumber(args[3])
    local kept = redis.call('HMGET', reservation_key(order), 'status', 'fingerprint')
    if kept[1] then
        if kept[2] and kept[2] ~= fingerprint then return { 'mismatch' } end
        if kept[1] == 'held' or kept[1] == 'confirmed' then return view(order) end
        return { 'closed', kept[1] }
    end
    local short, unknown, lines, flat, sold_out, answer = { 'short' }, { 'unknown' }, {}, {}, {}, { 'held', '' }
    for at = 4, #args, 2 do
        local sku, quantity = args[at], tonumber(args[at + 1])
        local product = redis.call('HMGET', product_key(sku), 'on_hand', 'reserved', 'status', 'name', 'amount', 'currency')
        if product[3] ~= 'active' then
            unknown[#unknown + 1] = sku
        else
            local left = tonumber(product[1]) - tonumber(product[2])
            if left < quantity then
                short[#short + 1] = sku
                short[#short + 1] = text(left)
            elseif left == quantity then
                sold_out[#sold_out + 1] = sku
            end
            for _, field in ipairs({ sku, product[4], text(quantity), product[5], product[6] }) do
                lines[#lines + 1] = field
                answer[#answer + 1] = field
            end
            answer[#answer + 1] = '0'
            flat[#flat + 1] = sku
            flat[#flat + 1] = text(quantity)
        end
    end
    if #unknown > 1 then return unknown end
    if #short > 1 then return short end
    local now = now_ms()
    local deadline = text(now + ttl)
    for at = 1, #flat, 2 do redis.call('HINCRBY', product_key(flat[at]), 'reserved', flat[at + 1]) end
    -- The other products have at least one unit left, so they stay in the index.
    if #sold_out > 0 then redis.call('SREM', IN_STOCK, unpack(sold_out)) end
    redis.call('HSET', reservation_key(order), 'status', 'held', 'fingerprint', fingerprint, 'lines', cjson.encode(lines),
        'expires_at', deadline, 'ttl', text(ttl))
    redis.call('ZADD', DUE, deadline, order)
    journal('held', order, flat)
    -- The same as view() would return.
    answer[2] = deadline
    return answer
end

-- Sells a hold. Returns nil if it is sold, now or before; otherwise the reason why it is not.
local function sell(order)
    local kept = redis.call('HMGET', reservation_key(order), 'status', 'expires_at', 'ttl', 'lines')
    if not kept[1] then return { 'none' } end
    if kept[1] == 'confirmed' then return nil end
    if kept[1] ~= 'held' then return { 'closed', kept[1] } end
    local now = now_ms()
    if is_over(kept[2], kept[3], now) then
        let_go(order, 'expired')
        return { 'closed', 'expired' }
    end
    local flat = {}
    -- The available stock does not change, and neither does the in-stock index.
    each_line(cjson.decode(kept[4]), function(sku, quantity)
        local on_hand = redis.call('HINCRBY', product_key(sku), 'on_hand', text(-quantity))
        redis.call('HINCRBY', product_key(sku), 'reserved', text(-quantity))
        movement(sku, 'confirmed', -quantity, order, now, text(on_hand))
        flat[#flat + 1] = sku
        flat[#flat + 1] = text(quantity)
    end)
    redis.call('HSET', reservation_key(order), 'status', 'confirmed')
    redis.call('ZREM', DUE, order)
    journal('confirmed', order, flat)
    return nil
end

-- ARGV: order
local function confirm(_, args) return sell(args[1]) or view(args[1]) end

-- ARGV: order. Confirms without returning the lines: the caller has them.
local function confirm_briefly(_, args) return sell(args[1]) or { 'confirmed', '' } end

-- ARGV: order. If there is no reservation, it leaves a tombstone, so that a late reserve is
-- refused.
local function release(_, args)
    local order = args[1]
    local status = redis.call('HGET', reservation_key(order), 'status')
    if status == 'confirmed' then return { 'confirmed' } end
    if status == 'held' then
        let_go(order, 'released')
    elseif not status then
        redis.call('HSET', reservation_key(order), 'status', 'released')
        journal('released', order, {})
    end
    return view(order)
end

-- ARGV: order, n, then SKU and quantity, or nothing for everything that is not restocked yet
local function put_back(_, args)
    local order, n = args[1], args[2]
    local key = reservation_key(order)
    local found = redis.call('HMGET', key, 'status', 'returned', 'return:' .. n)
    if not found[1] then return { 'none' } end
    if found[3] then return view(order) end
    if found[1] == 'returned' then return view(order) end
    if found[1] ~= 'confirmed' then return { 'closed', found[1] } end
    local returned, sold, left, flat = found[2] and cjson.decode(found[2]) or {}, {}, 0, {}
    each_line(lines_of(order), function(sku, quantity) sold[sku] = quantity - tonumber(returned[sku] or '0') end)
    if #args == 2 then
        for sku, quantity in pairs(sold) do if quantity > 0 then flat[#flat + 1] = sku; flat[#flat + 1] = text(quantity) end end
    else
        for at = 3, #args, 2 do
            local sku, quantity = args[at], tonumber(args[at + 1])
            if not sold[sku] or quantity > sold[sku] then return { 'too_many', sku } end
            flat[#flat + 1] = sku
            flat[#flat + 1] = text(quantity)
        end
    end
    local now = now_ms()
    for at = 1, #flat, 2 do
        local sku, quantity = flat[at], tonumber(flat[at + 1])
        redis.call('HINCRBY', product_key(sku), 'on_hand', text(quantity))
        index_stock(sku)
        movement(sku, 'returned', quantity, order, now)
        returned[sku] = text(tonumber(returned[sku] or '0') + quantity)
        sold[sku] = sold[sku] - quantity
    end
    for _, quantity in pairs(sold) do left = left + quantity end
    redis.call('HSET', key, 'returned', cjson.encode(returned), 'return:' .. n, '1')
    if n == '0' and left == 0 then redis.call('HSET', key, 'status', 'returned') end
    journal('returned', order, flat)
    return view(order)
end

-- The number of lines after which a sweep ends. Each is some three commands.
local SWEPT_LINES = 100

-- ARGV: the most holds to expire. Expires holds past their deadline, and returns their number.
local function sweep(_, args)
    local now, swept, lines = now_ms(), 0, 0
    local past = redis.call('ZRANGE', DUE, '-inf', text(now), 'BYSCORE', 'LIMIT', 0, args[1])
    -- The latest deadlines show if the clock stepped back.
    for _, order in ipairs(redis.call('ZRANGE', DUE, 0, tonumber(args[1]) - 1, 'REV')) do
        if is_past(order, now) then past[#past + 1] = order end
    end
    for _, order in ipairs(past) do
        if redis.call('HGET', reservation_key(order), 'status') == 'held' and is_past(order, now) then
            lines = lines + let_go(order, 'expired')
            swept = swept + 1
            if lines >= SWEPT_LINES then return swept end
        else
            redis.call('ZREM', DUE, order)
        end
    end
    return swept
end

local function get(_, args)
    if redis.call('EXISTS', reservation_key(args[1])) == 0 then return { 'none' } end
    return view(args[1])
end

-- ARGV: after (the id of an entry, or - for the beginning), the most entries to return
local function read_journal(_, args)
    local from = args[1] == '-' and '-' or '(' .. args[1]
    local answer = {}
    for _, entry in ipairs(redis.call('XRANGE', JOURNAL, from, '+', 'COUNT', args[2])) do
        answer[#answer + 1] = { entry[1], entry[2][2], entry[2][4], entry[2][6] }
    end
    return answer
end

redis.register_function('inv1_reserve', reserve)
redis.register_function('inv1_reserve_at', guarded(reserve))
redis.register_function { function_name = 'inv1_confirm', callback = confirm, flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_confirm_at', callback = guarded(confirm_briefly), flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_release', callback = release, flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_release_at', callback = guarded(release), flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_return', callback = put_back, flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_return_at', callback = guarded(put_back), flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_sweep', callback = sweep, flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_reservation', callback = get, flags = { 'no-writes' } }
redis.register_function { function_name = 'inv1_journal', callback = read_journal, flags = { 'no-writes' } }
