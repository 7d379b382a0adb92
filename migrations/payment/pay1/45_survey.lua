-- The orders that operators monitor.

-- ARGV: the most open orders to look at. Returns the time, the creation time of the oldest open
-- order (or ''), and the number of refunds in progress. Then follow the number of waiting emails,
-- and the time since which the oldest of them waits (or ''). The rest is the number of open
-- orders, and the count of each state among those that were looked at.
local function survey(_, args)
    local oldest = redis.call('ZRANGE', OPEN, 0, 0, 'WITHSCORES')
    local open, states = redis.call('ZCARD', OPEN), {}
    for _, id in ipairs(redis.call('ZRANGE', OPEN, 0, tonumber(args[1]) - 1)) do
        local status = redis.call('HGET', order_key(id), 'status') or ''
        states[status] = (states[status] or 0) + 1
    end
    -- An email waits since the last change of its order. Tries move it in the set, so the oldest
    -- may be anywhere: a bounded search finds it.
    local mails, waiting = redis.call('ZRANGE', MAIL, 0, 99), nil
    for _, name in ipairs(mails) do
        local changed = tonumber(redis.call('HGET', order_key(string.match(name, '^[^/]+')), 'updated_at') or '')
        if changed and (not waiting or changed < waiting) then waiting = changed end
    end
    local answer = { text(now_ms()), oldest[2] or '', text(redis.call('ZCARD', WORK) - open), text(redis.call('ZCARD', MAIL)),
        waiting and text(waiting) or '', text(open) }
    for status, count in pairs(states) do
        answer[#answer + 1] = status
        answer[#answer + 1] = text(count)
    end
    return answer
end

-- ARGV: the most work to look at. Returns the time, and the creation time of the oldest refund in
-- progress or ''. A try moves a refund in the set, so a bounded search finds the oldest.
local function oldest_refund(_, args)
    local oldest
    for _, member in ipairs(redis.call('ZRANGE', WORK, 0, tonumber(args[1]) - 1)) do
        local id, n = string.match(member, '^([^/]+)/(.+)$')
        local created = n and tonumber(redis.call('HGET', refund_key(id, n), 'created_at') or '')
        if created and (not oldest or created < oldest) then oldest = created end
    end
    return { text(now_ms()), oldest and text(oldest) or '' }
end

redis.register_function { function_name = 'pay1_oldest_refund', callback = oldest_refund, flags = { 'no-writes' } }
redis.register_function { function_name = 'pay1_survey', callback = survey, flags = { 'no-writes' } }
