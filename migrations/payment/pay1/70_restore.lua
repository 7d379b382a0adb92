-- After a restore (order-flow section 7): rewrites data that the ledger of the gateway has and the
-- store has lost.

-- ARGV: start time in ms. The reconciler reads the journal of Inventory from there, unless it is
-- further back. If the whole store was lost, the stock of older orders is with its buyers, though
-- nobody knows their orders.
local function read_journal_again(_, args)
    local place = redis.call('GET', JOURNAL)
    local read_to = place and tonumber(string.match(place, '^%d+'))
    if (read_to and read_to <= tonumber(args[1])) or (not place and epoch() > 0) then return 0 end
    redis.call('SET', JOURNAL, args[1] .. '-0')
    return 1
end

-- ARGV: order. Makes the reconciler compare the order with the journal once more.
local function unsettle(_, args)
    if redis.call('EXISTS', order_key(args[1])) == 0 then return 0 end
    redis.call('ZADD', UNSETTLED, 'NX', text(now_ms()), args[1])
    return 1
end

-- ARGV: order, user, payment, request as JSON, amount, currency, failure as JSON. Then ledger
-- entries as JSON (a flat list of type, amount, number of a refund or ''), and lines as JSON.
--
-- Writes a lost order as a cancelled one, with every transition that leads there. Does nothing if
-- the order exists. The order has no fingerprint: any request with its key finds it.
local function lost(_, args)
    local id, user = args[1], args[2]
    if redis.call('EXISTS', order_key(id)) == 1 or is_archived(id) then return 0 end
    local entries, now = cjson.decode(args[8]), text(now_ms())
    redis.call('HSET', order_key(id), 'user', user, 'payment', args[3], 'request', args[4], 'brand', 'unknown', 'last4', '',
        'method', cjson.decode(args[4]).payment_method_id, 'lines', args[9], 'amount', args[5], 'currency', args[6],
        'failure', args[7], 'status', 'cancelled', 'version', '3', 'attempts', '0', 'refunded', '0', 'created_at', now, 'updated_at', now)
    for _, step in ipairs({ '1  accepted ', '2 accepted cancelling ', '3 cancelling cancelled ' }) do
        redis.call('RPUSH', log_key(id), step .. now)
    end
    redis.call('ZADD', user_key(user, 'orders'), now, id)
    redis.call('ZADD', ORDERS, now, id)
    redis.call('ZADD', NUMBERS, '0', id)
    redis.call('ZADD', UNSETTLED, 'NX', now, id)
    count('orders', '1', now)
    count('cancelled', '1', now)
    for at = 1, #entries, 3 do
        post(user, entries[at], id, entries[at + 1], args[6], now, entries[at + 2])
        if entries[at] == 'refund' then redis.call('HINCRBY', order_key(id), 'refunded', entries[at + 1]) end
    end
    return 1
end

-- Writes a refund that ended, with every transition that leads there.
local function write_refund(id, n, steps, amount, currency, reason, now)
    local key, status = 'restored:' .. n, steps[#steps]
    redis.call('HSET', refund_key(id, n), 'status', status, 'version', text(#steps), 'attempts', '0', 'key', key, 'fingerprint', '',
        'lines', '[]', 'amount', amount, 'currency', currency, 'restock', '0', 'reason', reason, 'created_at', now, 'updated_at', now)
    for version, step in ipairs(steps) do
        redis.call('RPUSH', refund_log_key(id, n), text(version) .. ' ' .. (steps[version - 1] or '') .. ' ' .. step .. ' ' .. now)
    end
    redis.call('HSET', refund_keys_key(id), key, n)
    redis.call('HSET', order_key(id), 'refunds', n)
    redis.call('HINCRBY', order_key(id), 'refund_version', 1)
end

-- ARGV: order, n, amount, reason. Writes a refund that the gateway made and that a completed order
-- does not know. Fills lower numbers, which the gateway did not make, with failed refunds. Does
-- nothing if the refund is known.
local function found_refund(_, args)
    local id, now = args[1], text(now_ms())
    local kept = redis.call('HMGET', order_key(id), 'status', 'user', 'currency', 'refunds')
    local last = tonumber(kept[4] or '0')
    if kept[1] ~= 'completed' or tonumber(args[2]) <= last then return 0 end
    for missing = last + 1, tonumber(args[2]) - 1 do
        write_refund(id, text(missing), { 'requested', 'failed' }, '0', kept[3], args[4], now)
    end
    write_refund(id, args[2], { 'requested', 'paid', 'done' }, args[3], kept[3], args[4], now)
    post(kept[2], 'refund', id, args[3], kept[3], now, args[2])
    redis.call('HINCRBY', order_key(id), 'refunded', args[3])
    redis.call('HSET', order_key(id), 'updated_at', now)
    show_again(id)
    return 1
end

redis.register_function { function_name = 'pay1_read_journal_again', callback = read_journal_again, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_unsettle', callback = unsettle, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_lost', callback = lost, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_found_refund', callback = found_refund, flags = { 'allow-oom' } }
