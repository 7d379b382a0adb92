-- The reconciler's bookkeeping (order-flow section 5): what Inventory's journal said last of each order, compared with the order.

-- The place in the journal to read on from, or ''.
local function journal_place() return redis.call('GET', JOURNAL) or '' end

-- ARGV: the place that was read from, the place to go on from, then order and kind of each entry. Of two readers of the same
-- part one is refused.
local function note(_, args)
    if (redis.call('GET', JOURNAL) or '') ~= args[1] then return 0 end
    local now = text(now_ms())
    for at = 3, #args, 2 do
        redis.call('HSET', KINDS, args[at], args[at + 1])
        redis.call('ZADD', UNSETTLED, 'NX', now, args[at])
    end
    redis.call('SET', JOURNAL, args[2])
    return 1
end

local function settle(id)
    redis.call('ZREM', UNSETTLED, id)
    redis.call('HDEL', KINDS, id)
end

local AGREE = {
    completed = { confirmed = true, returned = true },
    cancelled = { released = true, expired = true, returned = true },
}

-- ARGV: how old in ms, how many at most. Settles what agrees; answers what does not: order, its status or '', the journal's last
-- word or ''. Each of these comes again after as long, unless it is settled. The first field is how many were looked at.
local function reconcile(_, args)
    local now, age = now_ms(), tonumber(args[1])
    local found = due(UNSETTLED, now - age, age, args[2])
    local answer = { text(#found) }
    for _, id in ipairs(found) do
        local status, kind = redis.call('HGET', order_key(id), 'status'), redis.call('HGET', KINDS, id)
        if status and AGREE[status] and kind and AGREE[status][kind] then
            settle(id)
        elseif not status and is_archived(id) then
            -- They agreed when they went.
            settle(id)
        elseif not status and (kind == 'released' or kind == 'expired' or kind == 'returned') then
            settle(id)
        else
            redis.call('ZADD', UNSETTLED, text(now), id)
            -- What is not final is the worker's.
            if not status or is_final(status) then answer[#answer + 1] = { id, status or '', kind or '' } end
        end
    end
    return answer
end

-- ARGV: order
local function settled(_, args)
    settle(args[1])
    return 1
end

redis.register_function { function_name = 'pay1_journal_place', callback = journal_place, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_note', callback = note, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_reconcile', callback = reconcile, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_settled', callback = settled, flags = { 'allow-oom' } }
