-- The stock that operators monitor. It is counted in slices, as Redis serves no one else meanwhile.

-- ARGV: place to go on from, the most products to look at. Returns the next place (or ''),
-- available units, reserved units, products in stock and products sold out. Then follow the
-- products that violate equation 1, and the SKUs with reserved units.
local function survey(_, args)
    local from, count = tonumber(args[1]), tonumber(args[2])
    local skus = redis.call('ZRANGE', BY_CREATED, from, from + count - 1)
    local available, reserved, in_stock, sold_out, broken, busy = 0, 0, 0, 0, 0, {}
    for _, sku in ipairs(skus) do
        local there, kept = stock_of(sku)
        available, reserved = available + there - kept, reserved + kept
        if there > kept then in_stock = in_stock + 1 else sold_out = sold_out + 1 end
        if kept < 0 or kept > there then broken = broken + 1 end
        if kept ~= 0 then busy[#busy + 1] = sku end
    end
    local place = #skus == count and text(from + count) or ''
    return { place, text(available), text(reserved), text(in_stock), text(sold_out), text(broken), busy }
end

-- ARGV: the most holds to look at, then SKUs. Returns the number of holds, and by how many ms the
-- first is past its deadline. The third value is how many of these SKUs and of the held SKUs
-- violate equation 2. It is '' if there are more holds than the limit.
local function held(_, args)
    local holds, first = redis.call('ZCARD', DUE), redis.call('ZRANGE', DUE, 0, 0, 'WITHSCORES')
    local overdue = first[2] and math.max(0, now_ms() - tonumber(first[2])) or 0
    if holds > tonumber(args[1]) then return { text(holds), text(overdue), '' } end
    local sums, broken = {}, 0
    for at = 2, #args do sums[args[at]] = 0 end
    for _, order in ipairs(redis.call('ZRANGE', DUE, 0, -1)) do
        if redis.call('HGET', reservation_key(order), 'status') == 'held' then
            each_line(lines_of(order), function(sku, quantity) sums[sku] = (sums[sku] or 0) + quantity end)
        end
    end
    for sku, sum in pairs(sums) do
        local _, reserved = stock_of(sku)
        if reserved ~= sum then broken = broken + 1 end
    end
    return { text(holds), text(overdue), text(broken) }
end

redis.register_function { function_name = 'inv1_survey', callback = survey, flags = { 'no-writes' } }
redis.register_function { function_name = 'inv1_held', callback = held, flags = { 'no-writes' } }
