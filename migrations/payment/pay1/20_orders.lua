-- Orders (order-flow sections 2 to 4). The order is its own idempotency record.

-- ARGV: order, user, fingerprint, request as JSON, method, units, lease in ms, most open orders, most open units, and what
-- mails about it need: address, locale, name; and the traceparent of the request, or ''
local function create(_, args)
    local id, user, fingerprint, method, units = args[1], args[2], args[3], args[5], tonumber(args[6])
    local kept = redis.call('HMGET', order_key(id), 'user', 'fingerprint')
    if kept[1] then
        if kept[1] ~= user then return { 'none' } end
        -- An order that was lost and found again has none.
        if kept[2] and kept[2] ~= fingerprint then return view('reused', id) end
        return view('exists', id)
    end
    if is_archived(id) then return { 'archived' } end
    if is_closed(user) then return { 'closed' } end
    if not redis.call('ZSCORE', user_key(user, 'methods'), method) then return { 'no_method' } end
    local open, open_units = redis.call('HVALS', user_key(user, 'open')), units
    for _, pieces in ipairs(open) do open_units = open_units + tonumber(pieces) end
    if #open + 1 > tonumber(args[8]) or open_units > tonumber(args[9]) then return { 'too_many' } end
    local card, now = cjson.decode(redis.call('GET', method_key(method))), text(now_ms())
    redis.call('HSET', order_key(id), 'user', user, 'fingerprint', fingerprint, 'request', args[4], 'method', method,
        'brand', card.brand, 'last4', card.last4, 'status', 'accepted', 'version', '1', 'attempts', '0', 'refunded', '0',
        'created_at', now, 'updated_at', now, 'email', args[10], 'locale', args[11], 'name', args[12])
    note_trace(order_key(id), args[13])
    redis.call('RPUSH', log_key(id), '1  accepted ' .. now)
    redis.call('ZADD', WORK, text(tonumber(now) + tonumber(args[7])), id)
    redis.call('ZADD', user_key(user, 'orders'), now, id)
    redis.call('ZADD', ORDERS, now, id)
    redis.call('ZADD', OPEN, now, id)
    redis.call('HSET', user_key(user, 'open'), id, text(units))
    return view('created', id)
end

-- ARGV: order, version, from, to, lease in ms, fields to set as JSON (a flat list), ledger entries as JSON (a flat list of
-- type, amount, currency, number of a refund or ''). A step taken on an old version is refused, so a paused worker that wakes up loses harmlessly.
local function advance(_, args)
    local id, from, to = args[1], args[3], args[4]
    local kept = redis.call('HMGET', order_key(id), 'status', 'version', 'user')
    if not kept[1] then return { 'none' } end
    if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end
    if not (EDGES[from] and EDGES[from][to]) then return { 'no_edge' } end
    local fields, entries, now = cjson.decode(args[6]), cjson.decode(args[7]), text(now_ms())
    for at = 1, #fields, 2 do redis.call('HSET', order_key(id), fields[at], fields[at + 1]) end
    move(id, kept[2], from, to, now)
    for at = 1, #entries, 4 do post(kept[3], entries[at], id, entries[at + 1], entries[at + 2], now, entries[at + 3]) end
    if is_final(to) then
        redis.call('ZREM', WORK, id)
        redis.call('ZREM', OPEN, id)
        redis.call('HDEL', user_key(kept[3], 'open'), id)
        -- The reconciler compares it with Inventory's journal once it is old enough.
        redis.call('ZADD', UNSETTLED, 'NX', now, id)
        if is_closed(kept[3]) then
            erase(id)
        elseif to == 'completed' then
            redis.call('ZADD', MAIL, now, id .. '/confirmed')
        end
    else
        redis.call('ZADD', WORK, text(tonumber(now) + tonumber(args[5])), id)
    end
    return view('advanced', id)
end

-- ARGV: how many at most, lease in ms. What is due, leased to the caller: orders, and refunds with their orders.
local function claim(_, args)
    local now, lease, answer = now_ms(), tonumber(args[2]), {}
    for _, member in ipairs(due(WORK, now, lease + LONGEST, args[1])) do
        local id, n = string.match(member, '^([^/]+)/(.+)$')
        redis.call('ZADD', WORK, text(now + lease), member)
        redis.call('HINCRBY', n and refund_key(id, n) or order_key(member), 'attempts', 1)
        answer[#answer + 1] = n and refund_view('claimed', id, n) or view('claimed', member)
    end
    return answer
end

-- ARGV: order, version, delay in ms. The next try of an order that could not go on.
local function postpone(_, args)
    local kept = redis.call('HMGET', order_key(args[1]), 'status', 'version')
    if not kept[1] or is_final(kept[1]) or kept[2] ~= args[2] then return 0 end
    redis.call('ZADD', WORK, text(now_ms() + tonumber(args[3])), args[1])
    return 1
end

-- The same as survey() in fewer words, for replicas of version 4 while they are replaced.
local function gauges()
    local oldest = redis.call('ZRANGE', OPEN, 0, 0, 'WITHSCORES')
    local open = redis.call('ZCARD', OPEN)
    return { text(open), oldest[2] or '', text(now_ms()), text(redis.call('ZCARD', WORK) - open), text(redis.call('ZCARD', MAIL)) }
end

-- ARGV: order
local function read(_, args)
    if redis.call('EXISTS', order_key(args[1])) == 0 then return { 'none' } end
    return view('found', args[1])
end

local RETURNED = { none = 'completed', part = 'partially_refunded', all = 'refunded' }

local function public_status(id)
    local status = redis.call('HGET', order_key(id), 'status')
    if status == 'completed' then return RETURNED[returned(id)] end
    return status == 'cancelled' and status or 'pending'
end

-- ARGV: user or '', status or '', id of the last one seen or '', how many. Newest first; after so many steps a page
-- ends early, with the place to go on from.
local function list(_, args)
    local index = args[1] == '' and ORDERS or user_key(args[1], 'orders')
    local limit, steps, page, rank, place = tonumber(args[4]), 0, {}, 0, nil
    if args[3] ~= '' then
        rank = redis.call('ZREVRANK', index, args[3])
        -- Where the last one seen was archived meanwhile, so was what is older: the list ends.
        if not rank then return { {} } end
        rank = rank + 1
    end
    while steps < 2000 do
        local batch = redis.call('ZRANGE', index, rank, rank + 99, 'REV', 'WITHSCORES')
        for at = 1, #batch, 2 do
            if #page == limit then return { place, unpack(page) } end
            steps = steps + 1
            place = { batch[at] }
            if args[2] == '' or public_status(batch[at]) == args[2] then page[#page + 1] = view('found', batch[at]) end
        end
        if #batch < 200 then return { {}, unpack(page) } end
        rank = rank + 100
    end
    return { place, unpack(page) }
end

redis.register_function('pay1_create', create)
redis.register_function { function_name = 'pay1_advance', callback = advance, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_claim', callback = claim, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_postpone', callback = postpone, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_gauges', callback = gauges, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_order', callback = read, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_orders', callback = list, flags = { 'no-writes' } }
