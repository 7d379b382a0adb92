-- Closing an account (order-flow, "Closing an account"). The mark comes first: from then on nothing
-- begins, and each step that ends an order also erases it. The mark is a hash: `at` is the time,
-- `place` the last order that was looked at; `done` is set at the end.

local UNDOABLE = { accepted = true, reserved = true, authorized = true }

-- Cancels orders whose stock is not sold yet; returns their number.
local function undo_open(user, now, delay)
    local undone, open = 0, redis.call('HGETALL', user_key(user, 'open'))
    for at = 1, #open, 2 do
        local id = open[at]
        local kept = redis.call('HMGET', order_key(id), 'status', 'version')
        if kept[1] and UNDOABLE[kept[1]] then
            move(id, kept[2], kept[1], 'cancelling', now)
            redis.call('ZADD', WORK, text(tonumber(now) + delay), id)
            undone = undone + 1
        end
    end
    return undone
end

local function erase_cards(user)
    for _, id in ipairs(redis.call('ZRANGE', user_key(user, 'methods'), 0, -1)) do redis.call('DEL', method_key(id)) end
    for _, what in ipairs({ 'methods', 'records', 'keys' }) do redis.call('DEL', user_key(user, what)) end
end

-- ARGV: user, the number of orders to look at, delay in ms until the next try of a cancelled order.
-- Returns 'more' if the caller must repeat the call, or 'closed', and the number of cancelled
-- orders.
local function close(_, args)
    local user, limit, now = args[1], tonumber(args[2]), text(now_ms())
    local mark, index = user_key(user, 'closed'), user_key(user, 'orders')
    local kept = redis.call('HMGET', mark, 'at', 'place', 'done')
    if kept[3] then return { 'closed', '0' } end
    if not kept[1] then redis.call('HSET', mark, 'at', now) end
    local undone = undo_open(user, now, tonumber(args[3]))
    erase_cards(user)
    -- If the last order was archived meanwhile, the walk starts again: erasing twice does no harm.
    local rank = kept[2] and redis.call('ZRANK', index, kept[2])
    rank = rank and rank + 1 or 0
    local found = redis.call('ZRANGE', index, rank, rank + limit - 1)
    for _, id in ipairs(found) do
        if is_final(redis.call('HGET', order_key(id), 'status')) then
            erase(id)
            -- A file of the archive may have the data already: this order has changed since
            -- (80_archive.lua). The other version is that of the log.
            redis.call('HINCRBY', order_key(id), 'refund_version', 1)
        end
    end
    if #found == limit then
        redis.call('HSET', mark, 'place', found[#found])
        return { 'more', text(undone) }
    end
    redis.call('HDEL', mark, 'place')
    redis.call('HSET', mark, 'done', now)
    return { 'closed', text(undone) }
end

redis.register_function { function_name = 'pay1_close', callback = close, flags = { 'allow-oom' } }
