-- Searches for orders.

-- The number of an order is made of the first 40 bits of its id. So the orders of a number are a
-- range of NUMBERS. Two users can have orders of one number, by chance or on purpose.

-- ARGV: the beginning of the ids, user or ''. Returns the ids, 100 at most.
local function numbered(_, args)
    local begin, user, answer = args[1], args[2], {}
    for _, id in ipairs(redis.call('ZRANGE', NUMBERS, '[' .. begin, '(' .. begin .. '~', 'BYLEX', 'LIMIT', 0, 100)) do
        if user == '' or redis.call('HGET', order_key(id), 'user') == user then answer[#answer + 1] = id end
    end
    return answer
end

-- Adds orders of ORDERS to NUMBERS. `range` is the rest of the arguments of ZRANGE. Returns the time
-- of creation of the last one, or nil if there is none.
local function number_range(...)
    local found, members = redis.call('ZRANGE', ORDERS, ...), {}
    if #found == 0 then return nil end
    for at = 1, #found, 2 do
        members[#members + 1] = '0'
        members[#members + 1] = found[at]
    end
    redis.call('ZADD', NUMBERS, unpack(members))
    return found[#found]
end

-- ARGV: the most orders to look at, the time of creation after which to continue or ''. Adds orders
-- to NUMBERS that a library before version 9 created, oldest first. Returns the time after which to
-- continue, or '' at the end. Orders of one millisecond are added together, also if they are more
-- than the limit, because the time says nothing about their order.
local function number_orders(_, args)
    if redis.call('ZCARD', NUMBERS) >= redis.call('ZCARD', ORDERS) then return '' end
    local from = args[2] ~= '' and '(' .. args[2] or '-inf'
    local last = number_range(from, '+inf', 'BYSCORE', 'LIMIT', 0, args[1], 'WITHSCORES')
    if last then number_range(last, last, 'BYSCORE', 'WITHSCORES') end
    return last or ''
end

-- Returns whether an order has this status, unless it is '', and a line with this SKU, unless
-- `line` is nil. A view has the lines as the request has them. Also returns the bytes that this read.
local function fits(id, view, status, line)
    if status ~= '' and (view and string.match(view, '^%S+') or public_status(id)) ~= status then return false, 0 end
    if not line then return true, 0 end
    local lines = view or redis.call('HGET', order_key(id), 'request') or ''
    return string.find(lines, line, 1, true) ~= nil, view and 0 or #lines
end

-- The bytes of views and requests after which a page ends, because Lua copies each. Views are read
-- in batches, of which the last may go beyond.
local MOST_BYTES, VIEWS_AT_ONCE = 200000, 10

-- Reads the views of a batch of `ids` that begins at `from`. Returns them by their place in `ids`,
-- and their bytes.
local function views_of(ids, from)
    local views, bytes = {}, 0
    for at, view in ipairs(redis.call('HMGET', VIEWS, unpack(ids, from, math.min(from + VIEWS_AT_ONCE - 1, #ids)))) do
        views[from + at - 1] = view
        bytes = bytes + (view and #view or 0)
    end
    return views, bytes
end

-- ARGV: user, status, SKU, the first time of creation, and the time of creation at which to end.
-- Each is '' if any will do. Then id of the last one seen or '', and the most ids to return.
--
-- Returns the place to continue from or '', then the ids of the orders that fit, newest first.
-- After 2,000 orders, or MOST_BYTES, a page ends early.
local function search(_, args)
    local index = args[1] == '' and ORDERS or user_key(args[1], 'orders')
    local line, first = args[3] ~= '' and '"sku":"' .. args[3] .. '"' or nil, tonumber(args[4]) or 0
    local limit, rank, steps, bytes, answer = tonumber(args[7]), 0, 0, 0, { '' }
    if args[6] ~= '' then
        rank = rank_after(index, args[6])
    elseif args[5] ~= '' then
        local newest = redis.call('ZRANGE', index, '(' .. args[5], '-inf', 'BYSCORE', 'REV', 'LIMIT', 0, 1)
        rank = newest[1] and redis.call('ZREVRANK', index, newest[1])
    end
    if not rank then return answer end
    while steps < 2000 do
        local batch, ids = redis.call('ZRANGE', index, rank, rank + 99, 'REV', 'WITHSCORES'), {}
        for at = 1, #batch, 2 do ids[#ids + 1] = batch[at] end
        local views, read, is_match
        for at, id in ipairs(ids) do
            if tonumber(batch[2 * at]) < first then
                answer[1] = ''
                return answer
            end
            if #answer > limit then return answer end
            if at % VIEWS_AT_ONCE == 1 then
                if bytes > MOST_BYTES then return answer end
                views, read = views_of(ids, at)
                bytes = bytes + read
            end
            steps, answer[1] = steps + 1, id
            is_match, read = fits(id, views[at], args[2], line)
            bytes = bytes + read
            if is_match then answer[#answer + 1] = id end
        end
        if #ids < 100 then
            answer[1] = ''
            return answer
        end
        rank = rank + 100
    end
    return answer
end

-- ARGV: user or '', status, id of the last one seen or '', the most ids to return. For services
-- before version 9 of the library.
local function ids_of(keys, args) return search(keys, { args[1], args[2], '', '', '', args[3], args[4] }) end

redis.register_function { function_name = 'pay1_numbered_at', callback = guarded(numbered), flags = { 'no-writes' } }
redis.register_function('pay1_number_orders', number_orders)
redis.register_function { function_name = 'pay1_search_at', callback = guarded(search), flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_order_ids_of_at', callback = guarded(ids_of), flags = { 'no-writes' } }
