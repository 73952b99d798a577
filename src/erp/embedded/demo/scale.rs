//! How large the demo company is.

/// Numbers that differ between a small and a large company.
pub struct Scale {
    /// More shops.
    pub large: bool,
    /// Products.
    pub products: usize,
    /// Customers that are companies.
    pub customers: usize,
    /// Salespersons.
    pub sellers: usize,
    /// Shelves in each warehouse.
    pub shelves: usize,
    /// Quotations on a usual day, in thousandths: Berlin, New York.
    pub quotes: [i64; 2],
    /// Opportunities on a usual day, in thousandths: Berlin, New York.
    pub leads: [i64; 2],
    /// Receipts of a shop on a usual day, in thousandths.
    pub receipts: i64,
    /// Stock movements in all: what trade does not reach, rearranging shelves does.
    pub movements: i64,
    /// Movements of one rearrangement.
    pub rearranged: i64,
}

impl Scale {
    /// Thousands of records.
    pub const SMALL: Self = Self {
        large: false,
        products: 120,
        customers: 90,
        sellers: 6,
        shelves: 2,
        quotes: [1_500, 800],
        leads: [450, 250],
        receipts: 5_000,
        movements: 14_000,
        rearranged: 8,
    };

    /// More than a million stock movements.
    pub const LARGE: Self = Self {
        large: true,
        products: 400,
        customers: 700,
        sellers: 16,
        shelves: 5,
        quotes: [12_000, 7_000],
        leads: [3_000, 2_000],
        receipts: 12_000,
        movements: 1_050_000,
        rearranged: 30,
    };
}
