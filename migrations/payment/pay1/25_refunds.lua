-- Refunds (order-flow section 4): entries beside a completed order, each with its own version.

-- ARGV: order, Idempotency-Key, fingerprint, the version of the order's refunds that the caller
-- saw, lines as JSON (a flat list of SKU and quantity). Then amount, '1' to restock or '0', reason
-- or '', lease in ms, and the traceparent of the request or ''.
--
-- One call finds a repeat, checks that the refunds that have not failed stay within the captured
-- amount, and adds the refund to WORK. The caller computes which lines may still be refunded; the
-- result holds for the version that it names.
local function refund(_, args)
    local id, key = args[1], args[2]
    local kept = redis.call('HMGET', order_key(id), 'status', 'amount', 'currency', 'refunds', 'refund_version')
    if not kept[1] then return { 'none' } end
    local before = redis.call('HGET', refund_keys_key(id), key)
    if before then
        if redis.call('HGET', refund_key(id, before), 'fingerprint') ~= args[3] then return { 'reused' } end
        return refund_view('exists', id, before)
    end
    if kept[1] ~= 'completed' then return { 'not_completed' } end
    if (kept[5] or '0') ~= args[4] then return { 'changed' } end
    local sum, last, failed = tonumber(args[6]), tonumber(kept[4] or '0'), {}
    for n = 1, last do
        local past = redis.call('HMGET', refund_key(id, text(n)), 'status', 'amount')
        if past[1] == 'failed' then failed[#failed + 1] = id .. '/' .. text(n) else sum = sum + tonumber(past[2]) end
    end
    if sum > tonumber(kept[2]) then return { 'too_much' } end
    local n, now = text(last + 1), text(now_ms())
    redis.call('HSET', refund_key(id, n), 'status', 'requested', 'version', '1', 'attempts', '0', 'key', key, 'fingerprint', args[3],
        'lines', args[5], 'amount', args[6], 'currency', kept[3], 'restock', args[7], 'reason', args[8],
        'created_at', now, 'updated_at', now)
    note_trace(refund_key(id, n), args[10])
    redis.call('RPUSH', refund_log_key(id, n), '1  requested ' .. now)
    redis.call('HSET', refund_keys_key(id), key, n)
    redis.call('HSET', order_key(id), 'refunds', n)
    redis.call('HINCRBY', order_key(id), 'refund_version', 1)
    redis.call('ZADD', WORK, text(tonumber(now) + tonumber(args[9])), id .. '/' .. n)
    -- The person who requests another refund has seen to those that failed.
    for _, name in ipairs(failed) do redis.call('ZREM', FAILED, name) end
    return refund_view('created', id, n)
end

-- ARGV: order, n, version, from, to, lease in ms, the code of the gateway if it failed, or ''. A
-- step on an old version is refused.
local function advance_refund(_, args)
    local id, n, from, to = args[1], args[2], args[4], args[5]
    local kept = redis.call('HMGET', refund_key(id, n), 'status', 'version', 'amount', 'currency')
    if not kept[1] then return { 'none' } end
    if kept[1] ~= from or kept[2] ~= args[3] then return refund_view('stale', id, n) end
    if not (REFUND_EDGES[from] and REFUND_EDGES[from][to]) then return { 'no_edge' } end
    local now, version = text(now_ms()), text(tonumber(kept[2]) + 1)
    redis.call('HSET', refund_key(id, n), 'status', to, 'version', version, 'updated_at', now, 'attempts', '0', 'failure', args[7])
    redis.call('RPUSH', refund_log_key(id, n), version .. ' ' .. from .. ' ' .. to .. ' ' .. now)
    redis.call('HINCRBY', order_key(id), 'refund_version', 1)
    if to == 'paid' then
        local user = redis.call('HGET', order_key(id), 'user')
        post(user, 'refund', id, kept[3], kept[4], now, n)
        redis.call('HINCRBY', order_key(id), 'refunded', kept[3])
        redis.call('HSET', order_key(id), 'updated_at', now)
        show_again(id)
        -- Customers get an email about money that is on its way back, and about nothing else.
        if tonumber(kept[3]) > 0 and not is_closed(user) then redis.call('ZADD', MAIL, now, id .. '/refunded/' .. n) end
        redis.call('ZADD', WORK, text(tonumber(now) + tonumber(args[6])), id .. '/' .. n)
    else
        redis.call('ZREM', WORK, id .. '/' .. n)
        if to == 'failed' then redis.call('ZADD', FAILED, now, id .. '/' .. n) end
    end
    return refund_view('advanced', id, n)
end

-- ARGV: order, n, version, delay in ms. Sets the next try of a refund that could not progress.
local function postpone_refund(_, args)
    local kept = redis.call('HMGET', refund_key(args[1], args[2]), 'status', 'version')
    if (kept[1] ~= 'requested' and kept[1] ~= 'paid') or kept[2] ~= args[3] then return 0 end
    redis.call('ZADD', WORK, text(now_ms() + tonumber(args[4])), args[1] .. '/' .. args[2])
    return 1
end

-- ARGV: order. Returns the order, then each of its refunds, oldest first.
local function refunds(_, args)
    local id = args[1]
    local last = redis.call('HMGET', order_key(id), 'user', 'refunds')
    if not last[1] then return { 'none' } end
    local answer = view('found', id)
    for n = 1, tonumber(last[2] or '0') do answer[#answer + 1] = fields_of(refund_key(id, text(n)), text(n)) end
    return answer
end

-- ARGV: the most refunds; then the time of the last one seen, and its name, `<order>/<n>`, if one
-- was seen. Returns the refunds that failed and that nobody has seen to, newest first: the order of
-- each, and its fields. Versions before 10 noted none.
local function failed_refunds(_, args)
    local limit, from, answer, offset = tonumber(args[1]), args[2] or '+inf', {}, 0
    while true do
        local found = redis.call('ZRANGE', FAILED, from, '-inf', 'BYSCORE', 'REV', 'LIMIT', offset, limit, 'WITHSCORES')
        for at = 1, #found, 2 do
            -- Refunds of the same millisecond are sorted by name.
            if found[at + 1] ~= from or less(found[at], args[3]) then
                local id, n = string.match(found[at], '^([^/]+)/(%d+)$')
                answer[#answer + 1] = id
                answer[#answer + 1] = fields_of(refund_key(id, n), n)
                if #answer == 2 * limit then return answer end
            end
        end
        if #found < 2 * limit then return answer end
        offset = offset + limit
    end
end

redis.register_function('pay1_refund', refund)
redis.register_function { function_name = 'pay1_advance_refund', callback = advance_refund, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_postpone_refund', callback = postpone_refund, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_refunds', callback = refunds, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_failed_refunds', callback = failed_refunds, flags = { 'no-writes' } }
