-- What operators watch of stock. In slices, as the server serves nobody else meanwhile.

-- ARGV: place to go on from, how many products at most. Answers the next place (or ''), pieces that are free and that are reserved,
-- products that are in stock and that are sold out, products that break equation 1, and the SKUs of which something is reserved.
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

-- ARGV: how many holds at most, then SKUs. Answers how many holds there are, by how many ms the first is past its deadline, and how many
-- of these SKUs and of those that are held break equation 2; '' where there are more holds than may be looked at.
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
