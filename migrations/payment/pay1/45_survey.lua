-- What operators watch of orders.

-- ARGV: how many open orders to look at, at most. Answers the time, when the oldest open order came (or ''), refunds under way, mails that
-- wait, since when the oldest of them waits (or ''); then how many orders are open, and in which states those that were looked at are.
local function survey(_, args)
    local oldest = redis.call('ZRANGE', OPEN, 0, 0, 'WITHSCORES')
    local open, states = redis.call('ZCARD', OPEN), {}
    for _, id in ipairs(redis.call('ZRANGE', OPEN, 0, tonumber(args[1]) - 1)) do
        local status = redis.call('HGET', order_key(id), 'status') or ''
        states[status] = (states[status] or 0) + 1
    end
    -- A mail waits since its order last changed. Tries move it in the set, so the oldest may be any: a bounded look finds it.
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

redis.register_function { function_name = 'pay1_survey', callback = survey, flags = { 'no-writes' } }
