-- Orders (order-flow sections 2 to 4). The order is its own idempotency record.

-- Creates an order, or finds the one that the key made. Returns a word; for a new order also the
-- time, and the brand and last four digits of its card.
local function accept(args)
    local id, user, fingerprint, method, units = args[1], args[2], args[3], args[5], tonumber(args[6])
    local key = order_key(id)
    local kept = redis.call('HMGET', key, 'user', 'fingerprint')
    if kept[1] then
        if kept[1] ~= user then return 'none' end
        -- An order that was lost and found again has no fingerprint.
        if kept[2] and kept[2] ~= fingerprint then return 'reused' end
        return 'exists'
    end
    if is_archived(id) then return 'archived' end
    if is_closed(user) then return 'closed' end
    -- A card names its owner, and is deleted together with its place in the list.
    local card = redis.call('GET', method_key(method))
    if not card or string.match(card, '"user":"([^"]*)"') ~= user then return 'no_method' end
    local open, open_units = redis.call('HVALS', user_key(user, 'open')), units
    for _, held in ipairs(open) do open_units = open_units + tonumber(held) end
    if #open + 1 > tonumber(args[8]) or open_units > tonumber(args[9]) then return 'too_many' end
    -- Both are plain words, and finding them costs a fraction of parsing the card.
    local now_number = now_ms()
    local brand, last4 = string.match(card, '"brand":"([^"]*)"'), string.match(card, '"last4":"([^"]*)"')
    local now, more = text(now_number), {}
    -- Versions before 7 name the address, locale and name for emails about the order.
    for at, field in ipairs({ 'email', 'locale', 'name', 'trace' }) do
        local value = args[9 + at]
        if value and value ~= '' then
            more[#more + 1] = field
            more[#more + 1] = value
        end
    end
    redis.call('HSET', key, 'user', user, 'fingerprint', fingerprint, 'request', args[4], 'method', method,
        'brand', brand, 'last4', last4, 'status', 'accepted', 'version', '1', 'attempts', '0', 'refunded', '0',
        'created_at', now, 'updated_at', now, unpack(more))
    redis.call('RPUSH', log_key(id), '1  accepted ' .. now)
    redis.call('ZADD', WORK, text(now_number + tonumber(args[7])), id)
    redis.call('ZADD', user_key(user, 'orders'), now, id)
    redis.call('ZADD', ORDERS, now, id)
    redis.call('ZADD', OPEN, now, id)
    redis.call('HSET', user_key(user, 'open'), id, text(units))
    redis.call('ZADD', NUMBERS, '0', id)
    count('orders', '1', now)
    return 'created', now, brand, last4
end

local HAS_ORDER = { exists = true, reused = true }

-- ARGV: order, user, fingerprint, request as JSON, method, units, lease in ms, most open orders,
-- most open units. Then address, locale and name for emails, or '' each, and the traceparent of the
-- request, or ''. For a new order it returns the time, and the brand and last four digits of its
-- card: all that the caller does not know.
local function create_briefly(_, args)
    local word, now, brand, last4 = accept(args)
    if HAS_ORDER[word] then return view(word, args[1]) end
    return { word, now, brand, last4 }
end

-- Does the same for services before version 7: for a new order it returns the whole order.
local function create(_, args)
    local word = accept(args)
    if HAS_ORDER[word] or word == 'created' then return view(word, args[1]) end
    return { word }
end

-- Ends an order; `failure` is its refusal as JSON, if there is one.
local function ended(id, to, now, user, failure)
    local declined = failure and string.find(failure, '"code":"payment_declined"', 1, true)
    count((to == 'cancelled' and declined) and 'declined' or to, '1', now)
    redis.call('ZREM', WORK, id)
    redis.call('ZREM', OPEN, id)
    redis.call('HDEL', user_key(user, 'open'), id)
    -- The reconciler compares it with the journal of Inventory once it is old enough.
    redis.call('ZADD', UNSETTLED, 'NX', now, id)
    if is_closed(user) then
        erase(id)
    elseif to == 'completed' then
        redis.call('ZADD', MAIL, now, id .. '/confirmed')
    end
end

-- ARGV: order, version, from, to, lease in ms, fields to set as JSON (a flat list). Then ledger
-- entries as JSON (a flat list of type, amount, currency, number of a refund or ''). For services before
-- version 7.
local function advance(_, args)
    local id, from, to = args[1], args[3], args[4]
    local kept = redis.call('HMGET', order_key(id), 'status', 'version', 'user', 'failure')
    if not kept[1] then return { 'none' } end
    if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end
    if not (EDGES[from] and EDGES[from][to]) then return { 'no_edge' } end
    local fields, entries, now = cjson.decode(args[6]), cjson.decode(args[7]), text(now_ms())
    for at = 1, #fields, 2 do redis.call('HSET', order_key(id), fields[at], fields[at + 1]) end
    move(id, kept[2], from, to, now)
    for at = 1, #entries, 4 do post(kept[3], entries[at], id, entries[at + 1], entries[at + 2], now, entries[at + 3]) end
    if is_final(to) then
        ended(id, to, now, kept[3], kept[4])
    else
        redis.call('ZADD', WORK, text(tonumber(now) + tonumber(args[5])), id)
    end
    return view('advanced', id)
end

-- The fields that a step reads: those that it compares, those that it changes, and the number of
-- entries of each kind.
local READ = { 'status', 'version', 'user', 'attempts', 'created_at', 'refunded',
    'count:authorization', 'count:capture', 'count:void', 'count:refund', 'failure' }
local COUNTS = { authorization = 7, capture = 8, void = 9, refund = 10 }

-- ARGV: order, version, from, to, lease in ms, a card to return or '', the view of a final order or
-- ''. Then the number of arguments with ledger entries, and these entries (type, amount, currency,
-- number of a refund or '', each). Then fields to set with their values.
--
-- A step on an old version is refused, so that a paused worker that wakes up does no harm. Only
-- then it returns the order: otherwise the caller knows it. A step that is taken returns the time,
-- and the card as it is now.
local function step(_, args)
    local id, from, to, lease = args[1], args[3], args[4], tonumber(args[5])
    local key = order_key(id)
    local kept = redis.call('HMGET', key, unpack(READ))
    if not kept[1] then return { 'none' } end
    if kept[1] ~= from or kept[2] ~= args[2] then return view('stale', id) end
    if not (EDGES[from] and EDGES[from][to]) then return { 'no_edge' } end
    local version, now_number = text(tonumber(kept[2]) + 1), now_ms()
    local now, user, fields = text(now_number), kept[3], 9 + tonumber(args[8])
    for at = 9, fields - 1, 4 do
        local kind = args[at]
        if enter(user, kind, id, args[at + 1], args[at + 2], now, args[at + 3]) then
            local count = COUNTS[kind]
            kept[count] = text(tonumber(kept[count] or '0') + 1)
            args[#args + 1] = READ[count]
            args[#args + 1] = kept[count]
            if kind == 'refund' then
                kept[6] = text(tonumber(kept[6] or '0') + tonumber(args[at + 1]))
                args[#args + 1] = 'refunded'
                args[#args + 1] = kept[6]
            end
        end
    end
    redis.call('HSET', key, 'status', to, 'version', version, 'updated_at', now, 'attempts', '0', unpack(args, fields))
    redis.call('RPUSH', log_key(id), version .. ' ' .. from .. ' ' .. to .. ' ' .. now)
    if is_final(to) then
        if args[7] ~= '' then show(id, to, now, kept[6], user, args[7]) end
        ended(id, to, now, user, kept[11])
    elseif kept[4] ~= '0' or now_number - tonumber(kept[5]) > lease / 2 then
        -- Until then the lease from the creation of the order is long enough.
        redis.call('ZADD', WORK, text(now_number + lease), id)
    end
    local card = args[6] ~= '' and redis.call('GET', method_key(args[6]))
    return { 'advanced', now, card or nil }
end

-- ARGV: the most members to claim, lease in ms. Leases due members to the caller: orders, and
-- refunds with their orders.
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

-- ARGV: order, version, delay in ms. Sets the next try of an order that could not progress.
local function postpone(_, args)
    local kept = redis.call('HMGET', order_key(args[1]), 'status', 'version')
    if not kept[1] or is_final(kept[1]) or kept[2] ~= args[2] then return 0 end
    redis.call('ZADD', WORK, text(now_ms() + tonumber(args[3])), args[1])
    return 1
end

-- Returns a part of survey(), for replicas of version 4 while they are replaced.
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

-- Returns the position of the first order after `id`, newest first. An order that was archived
-- meanwhile counts by its time of creation. Returns nil if that is not known.
local function rank_after(index, id)
    local rank = redis.call('ZREVRANK', index, id)
    if rank then return rank + 1 end
    local created, offset = archived(id) or '1', 0
    if created == '1' then return nil end
    while true do
        local found = redis.call('ZRANGE', index, created, '-inf', 'BYSCORE', 'REV', 'LIMIT', offset, 10, 'WITHSCORES')
        for at = 1, #found, 2 do
            -- Orders of the same millisecond are sorted by id.
            if found[at + 1] ~= created or less(found[at], id) then return redis.call('ZREVRANK', index, found[at]) end
        end
        if #found == 0 then return nil end
        offset = offset + 10
    end
end

-- ARGV: user or '', status or '', id of the last one seen or '', the most orders to return. Newest
-- first. After a number of steps a page ends early, with the place to continue from.
local function list(_, args)
    local index = args[1] == '' and ORDERS or user_key(args[1], 'orders')
    local limit, steps, page, rank, place = tonumber(args[4]), 0, {}, 0, nil
    if args[3] ~= '' then
        rank = rank_after(index, args[3])
        if not rank then return { {} } end
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

-- ARGV: user or '', id of the last one seen, the most ids to return. Returns the ids of the orders
-- that follow, newest first.
local function ids_after(_, args)
    local index = args[1] == '' and ORDERS or user_key(args[1], 'orders')
    local rank = rank_after(index, args[2])
    if not rank then return {} end
    return redis.call('ZRANGE', index, rank, rank + tonumber(args[3]) - 1, 'REV')
end

redis.register_function('pay1_create', create)
redis.register_function('pay1_create_at', guarded(create_briefly))
redis.register_function { function_name = 'pay1_advance', callback = advance, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_step', callback = step, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_claim', callback = claim, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_postpone', callback = postpone, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_gauges', callback = gauges, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_order', callback = read, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_orders', callback = list, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_order_ids_at', callback = guarded(ids_after), flags = { 'no-writes' } }
