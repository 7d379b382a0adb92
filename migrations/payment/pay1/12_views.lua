-- What callers learn of orders and refunds.

-- What came back of a completed order, counted in pieces: 'none', 'part' or 'all'. Money alone does not tell: a free piece
-- costs nothing, and comes back all the same. A refund that was found after a restore names no lines: once all the money of
-- such an order is back, everything is.
local function returned(id)
    local kept = redis.call('HMGET', order_key(id), 'refunds', 'lines', 'amount', 'refunded')
    if not kept[1] then return 'none' end
    local left, came_back, unnamed = 0, false, not kept[2]
    for _, line in ipairs(kept[2] and cjson.decode(kept[2]) or {}) do left = left + line.quantity end
    for n = 1, tonumber(kept[1]) do
        local refund = redis.call('HMGET', refund_key(id, text(n)), 'status', 'lines')
        if refund[1] == 'paid' or refund[1] == 'done' then
            local lines = cjson.decode(refund[2])
            came_back, unnamed = true, unnamed or #lines == 0
            for at = 2, #lines, 2 do left = left - tonumber(lines[at]) end
        end
    end
    if not came_back then return 'none' end
    local all = left <= 0
    if unnamed then all = tonumber(kept[4]) >= tonumber(kept[3]) end
    return all and 'all' or 'part'
end

-- An order's fields, with what came back of it.
local function order_fields(id)
    local answer = fields_of(order_key(id), id)
    answer[#answer + 1] = 'returned'
    answer[#answer + 1] = returned(id)
    return answer
end

-- What a caller learns of an order: a word, and its fields.
local function view(word, id) return { word, order_fields(id) } end

-- What a caller learns of a refund: a word, its order's fields, and its own.
local function refund_view(word, id, n) return { word, order_fields(id), fields_of(refund_key(id, n), n) } end
