//! The names of the equations.

/// An equation of section 6 of the order flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Equation {
    /// Its number in that section.
    pub number: u8,
    /// A stable name for metrics and reports.
    pub label: &'static str,
    /// The equation in one line.
    pub title: &'static str,
    /// True if the stores alone show it, or a part of it, so that an audit checks it.
    pub in_stores: bool,
}

const fn equation(number: u8, label: &'static str, title: &'static str, in_stores: bool) -> Equation {
    Equation { number, label, title, in_stores }
}

/// All equations, in the order of their numbers.
pub const EQUATIONS: [Equation; 14] = [
    equation(1, "01_stock_bounds", "what is reserved is on hand", true),
    equation(2, "02_stock_held", "what is reserved is held", true),
    equation(3, "03_stock_adds_up", "stock is what was received and not sold, also by the journal", true),
    equation(4, "04_sales_are_orders", "what is completed is sold, line for line", true),
    equation(5, "05_money_matches_state", "an order's money is where its state says, in both books", true),
    equation(6, "06_money_sums", "the sums of money agree", true),
    equation(7, "07_work_is_complete", "what is not final is worked on, and nothing is left", true),
    // The views in the store. The answers to clients need their history.
    equation(8, "08_told_is_so", "what a client was told is so", true),
    // The keys of refunds. Those of orders need the clients' history.
    equation(9, "09_one_key_one_order", "one key makes one order", true),
    equation(10, "10_cancelled_is_uncharged", "what was told to be cancelled is never charged", false),
    equation(11, "11_steps_are_edges", "every transition is an edge", true),
    equation(12, "12_sold_once", "of N units, N are sold", false),
    equation(13, "13_outcomes_are_known", "every operation ends known", false),
    // Erased accounts. The search for secrets needs the files.
    equation(14, "14_erased_is_gone", "secrets stay secret, and what was erased is gone", true),
];

impl Equation {
    /// Returns the equation with this number.
    #[must_use]
    pub fn numbered(number: u8) -> Option<&'static Self> {
        EQUATIONS.iter().find(|equation| equation.number == number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equation_label_begins_with_its_number() {
        for (at, equation) in EQUATIONS.iter().enumerate() {
            assert_eq!(usize::from(equation.number), at + 1);
            assert!(equation.label.starts_with(&format!("{:02}_", equation.number)), "{equation:?}");
        }
    }

    #[test]
    fn metric_has_the_equations_of_the_stores() {
        let labels: Vec<&str> =
            EQUATIONS.iter().filter(|equation| equation.in_stores).map(|equation| equation.label).collect();
        assert_eq!(labels, estore_contract::audit::EQUATIONS);
    }
}
