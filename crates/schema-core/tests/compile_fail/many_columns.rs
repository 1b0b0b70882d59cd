//! More columns than Diesel's tables have by default.

schema_core::tenant_schema! {
    wide (c0) {
        c0 -> Bool, c1 -> Bool, c2 -> Bool, c3 -> Bool, c4 -> Bool, c5 -> Bool, c6 -> Bool, c7 -> Bool,
        c8 -> Bool, c9 -> Bool, c10 -> Bool, c11 -> Bool, c12 -> Bool, c13 -> Bool, c14 -> Bool, c15 -> Bool,
        c16 -> Bool, c17 -> Bool, c18 -> Bool, c19 -> Bool, c20 -> Bool, c21 -> Bool, c22 -> Bool, c23 -> Bool,
        c24 -> Bool, c25 -> Bool, c26 -> Bool, c27 -> Bool, c28 -> Bool, c29 -> Bool, c30 -> Bool, c31 -> Bool,
        c32 -> Bool, c33 -> Bool, c34 -> Bool, c35 -> Bool, c36 -> Bool, c37 -> Bool, c38 -> Bool, c39 -> Bool,
        c40 -> Bool, c41 -> Bool, c42 -> Bool, c43 -> Bool, c44 -> Bool, c45 -> Bool, c46 -> Bool, c47 -> Bool,
        c48 -> Bool, c49 -> Bool, c50 -> Bool, c51 -> Bool, c52 -> Bool, c53 -> Bool, c54 -> Bool, c55 -> Bool,
        c56 -> Bool, c57 -> Bool, c58 -> Bool, c59 -> Bool, c60 -> Bool, c61 -> Bool, c62 -> Bool, c63 -> Bool,
        c64 -> Bool, c65 -> Bool, c66 -> Bool, c67 -> Bool, c68 -> Bool, c69 -> Bool, c70 -> Bool, c71 -> Bool,
        c72 -> Bool, c73 -> Bool, c74 -> Bool, c75 -> Bool, c76 -> Bool, c77 -> Bool, c78 -> Bool, c79 -> Bool,
        c80 -> Bool, c81 -> Bool, c82 -> Bool, c83 -> Bool, c84 -> Bool, c85 -> Bool, c86 -> Bool, c87 -> Bool,
        c88 -> Bool, c89 -> Bool, c90 -> Bool, c91 -> Bool, c92 -> Bool, c93 -> Bool, c94 -> Bool, c95 -> Bool,
        c96 -> Bool, c97 -> Bool, c98 -> Bool, c99 -> Bool, c100 -> Bool, c101 -> Bool, c102 -> Bool, c103 -> Bool,
        c104 -> Bool, c105 -> Bool, c106 -> Bool, c107 -> Bool, c108 -> Bool, c109 -> Bool, c110 -> Bool, c111 -> Bool,
        c112 -> Bool, c113 -> Bool, c114 -> Bool, c115 -> Bool, c116 -> Bool, c117 -> Bool, c118 -> Bool, c119 -> Bool,
        c120 -> Bool, c121 -> Bool, c122 -> Bool, c123 -> Bool, c124 -> Bool, c125 -> Bool, c126 -> Bool, c127 -> Bool,
        c128 -> Bool, c129 -> Bool, c130 -> Bool, c131 -> Bool, c132 -> Bool, c133 -> Bool, c134 -> Bool, c135 -> Bool,
        c136 -> Bool, c137 -> Bool, c138 -> Bool, c139 -> Bool, c140 -> Bool, c141 -> Bool, c142 -> Bool, c143 -> Bool,
        c144 -> Bool, c145 -> Bool, c146 -> Bool, c147 -> Bool, c148 -> Bool, c149 -> Bool, c150 -> Bool, c151 -> Bool,
        c152 -> Bool, c153 -> Bool, c154 -> Bool, c155 -> Bool, c156 -> Bool, c157 -> Bool, c158 -> Bool, c159 -> Bool,
        c160 -> Bool, c161 -> Bool, c162 -> Bool, c163 -> Bool, c164 -> Bool, c165 -> Bool, c166 -> Bool, c167 -> Bool,
        c168 -> Bool, c169 -> Bool, c170 -> Bool, c171 -> Bool, c172 -> Bool, c173 -> Bool, c174 -> Bool, c175 -> Bool,
        c176 -> Bool, c177 -> Bool, c178 -> Bool, c179 -> Bool, c180 -> Bool, c181 -> Bool, c182 -> Bool, c183 -> Bool,
        c184 -> Bool, c185 -> Bool, c186 -> Bool, c187 -> Bool, c188 -> Bool, c189 -> Bool, c190 -> Bool, c191 -> Bool,
        c192 -> Bool, c193 -> Bool, c194 -> Bool, c195 -> Bool, c196 -> Bool, c197 -> Bool, c198 -> Bool, c199 -> Bool,
    }
}

fn main() {}
